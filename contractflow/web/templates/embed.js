(() => {
  const tag = document.currentScript, url = {{ url | tojson }};
  const frame = document.createElement("iframe");
  const asked = new URLSearchParams({ embed: "1", theme: tag?.dataset.theme || "light" });
  for (const [name, value] of new URLSearchParams(location.search)) if (name.startsWith("utm_")) asked.set(name, value);
  frame.src = `${url}?${asked}`;
  frame.title = {{ ("Write to " ~ org) | tojson }};
  frame.loading = "lazy";
  frame.style.cssText = "width:100%;height:720px;border:0;display:block";
  addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.origin !== new URL(url).origin) return;
    if (event.data?.contractflow === "height") frame.style.height = `${Math.min(4000, Math.max(200, Number(event.data.height) || 0))}px`;
  });
  tag?.isConnected ? tag.after(frame) : document.body.append(frame);
})();
