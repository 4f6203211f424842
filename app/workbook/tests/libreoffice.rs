//! A copy that LibreOffice saved says the same: with the real program.

mod support;

use std::{fs, process::Command};

use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use rashin_workbook::{Verdict, read, write};
use support::{Entry, book, filled_in, found, phases, reported, standing};

/// `cargo xtask setup --for test` installs it.
const PROGRAM: &str = "soffice";

/// Opens each workbook in LibreOffice and saves it anew.
fn saved_by_libreoffice(books: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let saved = folder.path().join("saved");
    let name = |at: usize| format!("book-{at}.xlsx");
    for (at, bytes) in books.iter().enumerate() {
        fs::write(folder.path().join(name(at)), bytes).unwrap();
    }
    let mut office = Command::new(PROGRAM);
    // A profile of its own: two of them at once would wait for each other.
    office.arg(format!("-env:UserInstallation=file://{}", folder.path().join("profile").display()));
    office.args(["--headless", "--convert-to", "xlsx", "--outdir"]).arg(&saved);
    office.args((0..books.len()).map(|at| folder.path().join(name(at))));
    let ran = office.output().unwrap_or_else(|error| panic!("{PROGRAM} (LibreOffice Calc) is needed: {error}"));
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    (0..books.len()).map(|at| fs::read(saved.join(name(at))).unwrap()).collect()
}

/// The same every time: enough to have every kind of KPI several times.
fn generated(entries: impl Strategy<Value = Vec<Entry>>) -> Vec<Entry> {
    let mut runner = TestRunner::deterministic();
    (0..24).flat_map(|_| entries.new_tree(&mut runner).unwrap().current()).collect()
}

#[test]
fn a_copy_that_libreoffice_saved_imports_the_same() {
    let (standing, reported, phases) = (generated(standing()), generated(reported()), phases());
    let stands: Vec<_> = standing.iter().map(|entry| entry.subject(&phases)).collect();
    let saved = saved_by_libreoffice(&[write(&book(&stands)).unwrap(), filled_in(&reported)]);

    let untouched = read(&saved[0]).unwrap();
    let findings = found(&untouched, &stands);
    assert_eq!(findings.len(), stands.len());
    for finding in findings {
        assert_eq!(finding.verdict, Verdict::Same);
    }

    let unsaid: Vec<_> = reported.iter().map(Entry::unsaid).collect();
    let subjects: Vec<_> = unsaid.iter().map(|entry| entry.subject(&phases)).collect();
    let filled = read(&saved[1]).unwrap();
    let findings = found(&filled, &subjects);
    assert_eq!(findings.len(), reported.len());
    for (finding, entry) in findings.iter().zip(&reported) {
        assert_eq!(finding.verdict, Verdict::New(entry.said.clone().unwrap()));
    }
}
