//! Counts tests from what their runners print.

#[derive(Default, Debug, PartialEq, Eq)]
pub struct Tally {
    pub passed: u32,
    pub failed: u32,
}

impl Tally {
    /// cargo: `test result: ok. 12 passed; 0 failed; 1 ignored; …`; Playwright: `  12 passed (3.4s)`.
    pub fn hear(&mut self, line: &str) {
        let line = line.trim();
        if let Some((_, counts)) = line.strip_prefix("test result: ").and_then(|it| it.split_once(". ")) {
            for count in counts.split("; ") {
                self.count(count);
            }
        } else if line.split(' ').count() <= 3 {
            self.count(line);
        }
    }

    fn count(&mut self, text: &str) {
        let mut words = text.split_whitespace();
        let Some(number) = words.next().and_then(|number| number.parse::<u32>().ok()) else {
            return;
        };
        match words.next() {
            // A flaky test passed in the end.
            Some("passed" | "flaky") => self.passed += number,
            Some("failed" | "interrupted") => self.failed += number,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    fn heard(lines: &[&str]) -> Tally {
        let mut tally = Tally::default();
        lines.iter().for_each(|line| tally.hear(line));
        tally
    }

    #[test]
    fn cargo_and_playwright_are_added() {
        let tally = heard(&[
            "running 3 tests",
            "test a_claim ... ok",
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s",
            "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s",
            "  1 failed",
            "    [chromium] › public.spec.ts:3:1 › a claim ─────",
            "  1 flaky",
            "  2 skipped",
            "  12 passed (3.4s)",
        ]);
        assert_eq!(tally, Tally { passed: 17, failed: 3 });
    }

    #[test]
    fn sentences_that_happen_to_begin_with_a_number_are_not_counted() {
        assert_eq!(heard(&["2 passed the hat around the room", "3 of them"]), Tally::default());
    }
}
