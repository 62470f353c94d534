"""What people see: one module for each page. Importing this package registers them all."""

from importlib import import_module
from pkgutil import iter_modules

for page in iter_modules(__path__):
    import_module(f"{__name__}.{page.name}")
