//! Links every case of linkspec with this crate's linker and has linkspec judge what comes of it.
//! $LINKSPEC is the program (else `linkspec` on PATH), $LINKSPEC_FILTER chooses cases ("symbols/*").

use std::{env, fs, io, path::Path, process::Command};

/// Runs the linker in a folder with a link.txt, and leaves there what judge-dir looks for.
fn link(folder: &Path) -> io::Result<()> {
    let arguments = fs::read_to_string(folder.join("link.txt"))?;
    let _ = fs::remove_file(folder.join("out.wasm"));
    let done = Command::new(env!("CARGO_BIN_EXE_linker")) // CARGO_BIN_EXE_<the name of yours>
        .args(arguments.lines())
        .current_dir(folder)
        .output()?;
    fs::write(folder.join("stdout.txt"), &done.stdout)?;
    fs::write(folder.join("stderr.txt"), &done.stderr)?;
    let status = done.status.code().map_or("crash".into(), |code| code.to_string());
    fs::write(folder.join("status.txt"), status)
}

fn linkspec(command: &str, cases: &Path) {
    let program = env::var("LINKSPEC").unwrap_or("linkspec".into());
    let filter = env::var("LINKSPEC_FILTER").unwrap_or("*".into());
    let mut run = Command::new(program);
    run.arg(command).arg(cases).arg("--filter").arg(filter);
    assert!(run.status().unwrap().success(), "linkspec {command}: see what it prints above");
}

#[test]
fn cases() -> io::Result<()> {
    let cases = Path::new(env!("CARGO_TARGET_TMPDIR")).join("linkspec");
    linkspec("emit", &cases);
    for folder in fs::read_to_string(cases.join("links.txt"))?.lines() {
        link(&cases.join(folder))?;
    }
    linkspec("judge-dir", &cases);
    Ok(())
}
