"""Trees of a repository made of plain dictionaries, and what git prints of two of them."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from hypothesis import strategies as st

Content = tuple[str, bytes]
"""A mode, and the content: a file's bytes, a link's target, or the id of a submodule's commit."""
Files = Mapping[bytes, Content]

SUBMODULE = "160000"

EVERY_OPTION = (
    *("--src-prefix=a/", "--dst-prefix=b/", "--full-index", "-M", "--submodule=short"),
    *("--no-ext-diff", "--no-textconv", "--no-color"),
)


class Store:
    """A bare repository that takes trees in one `fast-import`, and so needs few processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        subprocess.run(["git", "init", "--quiet", "--bare", str(folder)], check=True)

    def diff(self, old: Files, new: Files, *options: str) -> bytes:
        """What `git diff` prints of the two."""
        lines = [_commit(b"old", old), _commit(b"new", new)]
        self.git("fast-import", "--quiet", "--force", stdin=b"".join(lines))
        return self.git("diff", *EVERY_OPTION, *options, "old", "new", "--")

    def git(self, *words: str, stdin: bytes = b"") -> bytes:
        command = ["git", "-C", str(self.folder), *words]
        return subprocess.run(command, input=stdin, capture_output=True, check=True).stdout


def _commit(branch: bytes, files: Files) -> bytes:
    parts = [b"commit refs/heads/%b\ncommitter a <a> 1 +0000\ndata 0\n\ndeleteall\n" % branch]
    for name, (mode, content) in files.items():
        quoted = b'"%b"' % b"".join(b"\\%03o" % byte for byte in name)
        if mode == SUBMODULE:
            parts.append(b"M 160000 %b %b\n" % (content, quoted))
        else:
            parts.append(b"M %b inline %b\ndata %d\n%b\n" % (mode.encode(), quoted, len(content), content))
    return b"".join(parts)


_odd_parts = st.sampled_from(
    [
        b" ",
        b"\t",
        b"\n",
        b'"',
        b"\\",
        b"b/",
        b" b/",
        b"->",
        "ü".encode(),
        b"\xff",
        b"\r",
        b"a/",
        b"@@ ",
        b"--",
    ]
)
_name = st.lists(st.one_of(st.sampled_from([b"x", b"y", b"file.txt"]), _odd_parts), min_size=1, max_size=5)
names = _name.map(lambda parts: b"n" + b"".join(parts).replace(b"//", b"/").strip(b"/"))
"""Valid names of files, most of them unusual."""

_line = st.sampled_from(
    [
        *(b"", b"a", b"b", b"same", b"-- a/x", b"++ b/x", b"@@ -1 +1 @@", b"\\ No newline at end of file"),
        *(
            b"diff --git a/x b/x",
            b"crlf\r",
            b"\xff\xfe",
            "ünïcode \u2028".encode(),
            b"\x0c\x1b[31m",
            b" lead",
        ),
    ]
)
texts = st.builds(
    lambda lines, end: b"\n".join(lines) + (b"\n" if end and lines else b""),
    st.lists(_line, max_size=12),
    st.booleans(),
)
contents: st.SearchStrategy[Content] = st.one_of(
    texts.map(lambda text: ("100644", text)),
    texts.map(lambda text: ("100755", text)),
    st.binary(max_size=20).map(lambda data: ("100644", b"\0" + data)),
    st.sampled_from([b"target", b"tar get\n", "ü".encode()]).map(lambda target: ("120000", target)),
    st.sampled_from([b"1" * 40, b"2" * 40]).map(lambda commit: (SUBMODULE, commit)),
)


def apart(files: dict[bytes, Content]) -> bool:
    """Whether no name of a file is also that of a folder."""
    folders = {name[:at] for name in files for at, byte in enumerate(name) if byte == ord("/")}
    return not folders & files.keys()


trees: st.SearchStrategy[Files] = st.dictionaries(names, contents, max_size=5).filter(apart)
pairs: st.SearchStrategy[tuple[Files, Files]] = st.builds(
    lambda old, more, gone: (old, {**{name: old[name] for name in old if name not in gone}, **more}),
    trees,
    trees,
    st.sets(names, max_size=3),
).filter(lambda both: apart(dict(both[1])))
"""What stood there before and what does after."""
