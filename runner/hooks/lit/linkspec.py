"""The format of lit.cfg.py: links the cases of a file, and has linkspec judge what comes of it."""

import os
import subprocess
import lit.formats
import lit.Test


class Linkspec(lit.formats.TestFormat):
    def __init__(self, cases, linker, linkspec):
        self.cases, self.linker, self.linkspec = cases, linker, linkspec
        self.links = {}  # by file of cases: the folders in which to link

    def emit(self, chosen):
        subprocess.run([self.linkspec, "emit", "--filter", chosen, self.cases], check=True)
        with open(os.path.join(self.cases, "links.txt")) as lines:
            for folder in lines.read().splitlines():
                self.links.setdefault("/".join(folder.split("/")[:2]), []).append(folder)

    def getTestsInDirectory(self, suite, path, lit_config, local):
        for name in () if path else self.links:
            yield lit.Test.Test(suite, tuple(name.split("/")), local)

    def link(self, folder):
        with open(os.path.join(folder, "link.txt")) as lines:
            argv = [self.linker] + lines.read().splitlines()
        with open(os.path.join(folder, "stdout.txt"), "wb") as out, \
                open(os.path.join(folder, "stderr.txt"), "wb") as err:
            try:
                status = subprocess.run(argv, cwd=folder, stdin=subprocess.DEVNULL, stdout=out,
                                        stderr=err, timeout=10).returncode
            except subprocess.TimeoutExpired:
                status = "timeout"
        with open(os.path.join(folder, "status.txt"), "w") as file:
            file.write(str(status))  # below 0: killed by a signal

    def execute(self, test, lit_config):
        name = "/".join(test.path_in_suite)
        for folder in self.links[name]:
            self.link(os.path.join(self.cases, folder))
        judged = subprocess.run([self.linkspec, "judge-dir", "-j1", "--filter", name, self.cases],
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return lit.Test.FAIL if judged.returncode else lit.Test.PASS, judged.stdout
