//! What is written reads back: nothing is lost, nothing is made up.

mod support;

use proptest::prelude::*;
use rashin_workbook::{Verdict, read, write};
use support::{book, filled_in, found, phases, reported, standing};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_workbook_that_nobody_wrote_into_changes_nothing(entries in standing()) {
        let phases = phases();
        let subjects: Vec<_> = entries.iter().map(|entry| entry.subject(&phases)).collect();
        let bytes = write(&book(&subjects)).unwrap();
        prop_assert_eq!(&write(&book(&subjects)).unwrap(), &bytes, "the same book is the same file");
        let sheet = read(&bytes).unwrap();
        let findings = found(&sheet, &subjects);
        prop_assert_eq!(findings.len(), subjects.len());
        for finding in findings {
            prop_assert_eq!(finding.verdict, Verdict::Same);
        }
    }

    #[test]
    fn what_is_written_into_it_is_what_is_reported(entries in reported()) {
        let phases = phases();
        let unsaid: Vec<_> = entries.iter().map(support::Entry::unsaid).collect();
        let subjects: Vec<_> = unsaid.iter().map(|entry| entry.subject(&phases)).collect();
        let sheet = read(&filled_in(&entries)).unwrap();
        let findings = found(&sheet, &subjects);
        prop_assert_eq!(findings.len(), entries.len());
        for (finding, entry) in findings.iter().zip(&entries) {
            prop_assert_eq!(&finding.verdict, &Verdict::New(entry.said.clone().unwrap()));
        }
    }
}
