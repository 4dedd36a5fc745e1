# lit.cfg.py: each file of linkspec's cases (symbols/weak, ...) is a test.
#
#   lit -Dlinker=/path/to/your-linker [-Dlinkspec=PROGRAM] [-Dfilter=GLOB] FOLDER_WITH_THIS_FILE
#
# The cases and what the linker makes of them are in Output/linkspec beside it.

import os
import sys

folder = os.path.dirname(__file__)
sys.path.insert(0, folder)
from linkspec import Linkspec  # noqa: E402: lit's workers must be able to import it

config.name = "linkspec"
config.test_format = Linkspec(
    cases=os.path.join(folder, "Output", "linkspec"),
    linker=lit_config.params.get("linker", "wasm-ld"),
    linkspec=lit_config.params.get("linkspec", "linkspec"))
config.test_format.emit(lit_config.params.get("filter", "*"))
