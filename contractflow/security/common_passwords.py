"""The long passwords people choose first. Shorter ones need no list: we ask for twelve characters."""

from typing import Final

COMMON: Final = frozenset(
    """
    000000000000 111111111111 121212121212 123123123123 123456123456 123456654321 123456789012 1234567890123
    12345678901234 123456789012345 1234567890123456 12345678987654321 1234567891011 123456789101112 1234567890987654321
    1234567890qwerty 123456789qwerty 1234qwerasdfzxcv 1q2w3e4r5t6y 1q2w3e4r5t6y7u 1q2w3e4r5t6y7u8i 1qaz2wsx3edc
    1qaz2wsx3edc4rfv 1qazxsw23edc 987654321000 987654321987654321 999999999999 a123456789012 aaaaaaaaaaaa
    abc123abc123 abcabcabcabc abcd1234abcd abcd12345678 abcdefghijkl abcdefghijklm abcdefghijklmnop
    abcdefghijklmnopqrstuvwxyz abcdefg123456 admin1234567 admin12345678 adminadminadmin administrator administrator1
    administrator123 asdasdasdasd asdf1234asdf asdfasdfasdf asdfghjkl123 asdfghjkl1234 asdfghjklqwerty
    asdfghjklzxcvbnm azertyuiop123 azertyuiopqsdfghjklm baseball1234 basketball12 basketball123 butterfly123
    changeme1234 changemechangeme changethis123 chelseachelsea chocolate123 christopher1 computer1234 contractflow
    contractflow1 contractflow12 contractflow123 contractflow1234 correcthorsebatterystaple dragondragon
    facebook1234 football1234 footballfootball fuckyoufuckyou hellohellohello helloworld12 helloworld123 iloveyou1234
    iloveyou12345 iloveyou123456 iloveyouforever iloveyouiloveyou iloveyousomuch internet1234 jesuschrist1
    kingkingking letmein12345 letmein123456 letmeinletmein letmeinplease liverpool123 liverpoolfc1
    loveyouforever manchesterunited masterpassword michaeljordan minecraft123 monkeymonkey mypassword12 mypassword123
    mypassword1234 newpassword1 newpassword12 newpassword123 nothing12345 p@ssw0rd1234 p@ssw0rd12345 p@ssword1234
    pa$$word1234 pass12345678 pass1234pass1234 passpasspass passw0rd1234 passw0rd12345 passw0rd123456 password0000
    password1111 password1234 password1234! password12345 password123456 password1234567 password12345678
    password123456789 password1234567890 password123! password123!! password2020 password2021 password2022
    password2023 password2024 password2025 password2026 password@123 password@1234 passwordpassword passwort1234
    pokemon12345 princess1234 q1w2e3r4t5y6 q1w2e3r4t5y6u7 q1w2e3r4t5y6u7i8 qazwsxedcrfv qazwsxedc123 qazxswedcvfr
    qq1234567890 qwe123qwe123 qweasdzxc123 qweqweqweqwe qwer1234qwer qwer1234qwer1234 qwertyqwerty qwerty123456
    qwerty1234567 qwerty12345678 qwerty123456789 qwertyuiop12 qwertyuiop123 qwertyuiop1234 qwertyuiop[]
    qwertyuiopasdf qwertyuiopasdfghjkl qwertyuiopasdfghjklzxcvbnm qwertzuiop123 secretsecret samsung12345 sunshine1234
    superman1234 supermansuperman test12345678 test1234test testtesttest thisismypassword trustno1trustno1
    unbelievable unitedstates welcome12345 welcome123456 welcome2024! welcome2025! welcome2026! welcomewelcome
    whateverwhatever zaq12wsxcde3 zaq1xsw2cde3 zxcvbnm12345 zxcvbnm123456 zxcvbnmasdfghjkl zxcvbnmzxcvbnm
    """.split()  # noqa: SIM905  a list of quoted words would be four times as long
)
