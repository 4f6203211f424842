//! Who must approve a report before its figures count, and what else a tenant decides about reporting. A small choice
//! per tenant; the workflow engine of cases is another thing.

use serde::{Deserialize, Serialize};

use crate::{
    coded::coded,
    form::{Form, FormErrors},
    text::{number, sentences},
};

coded! {
    Approval {
        /// A report counts when it is submitted.
        None = "none", "承認なし（報告した時点で確定）";
        Chief = "chief", "課長の承認";
        ChiefOffice = "chief_office", "課長の承認のあと、事務局の確認";
    }
}

coded! {
    /// A step on the way of a report to be counted.
    Step {
        /// The tenant asks nobody.
        Unasked = "none", "承認なし";
        Chief = "chief", "課長の承認";
        Office = "office", "事務局の確認";
    }
}

impl Approval {
    /// Who has to approve, in their order.
    pub fn steps(self) -> &'static [Step] {
        match self {
            Approval::None => &[Step::Unasked],
            Approval::Chief => &[Step::Chief],
            Approval::ChiefOffice => &[Step::Chief, Step::Office],
        }
    }

    /// The step that a report waits for after those that approved it; `None` when it counts.
    pub fn next(self, approved: &[Step]) -> Option<Step> {
        self.steps().iter().copied().find(|step| !approved.contains(step))
    }

    /// Whether an approval at a step settles the report: nobody after it is asked.
    pub fn settles(self, step: Step) -> bool {
        self.steps().last().is_none_or(|last| *last <= step)
    }
}

/// How a tenant reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    pub approval: Approval,
    /// Whether somebody may approve what they reported themselves.
    pub own_approval: bool,
    /// Whether a figure that makes a KPI 達成 takes a file or a link.
    pub evidence_required: bool,
    /// Months after which the newest figure is called old; 1 to 60.
    pub stale_months: u8,
}

impl Default for Settings {
    fn default() -> Self {
        Self { approval: Approval::Chief, own_approval: false, evidence_required: false, stale_months: 12 }
    }
}

impl Settings {
    /// Fields: `approval`, `own_approval` and `evidence_required` (`on`), `stale_months`.
    pub fn parse(form: &Form) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::default();
        let approval = Approval::from_code(form.get("approval")).or_else(|| errors.push("approval", sentences::choose("承認のしかた")));
        let months = number::parse(form.get("stale_months")).ok().filter(|months| months.scale() == 0);
        let months = months.and_then(|months| u8::try_from(months).ok()).filter(|months| (1..=60).contains(months));
        let months =
            months.or_else(|| errors.push("stale_months", "古い値とみなすまでの月数は、1から60までの数字で入力してください。".to_owned()));
        let is_on = |name: &str| form.get(name) == "on";
        match (approval, months) {
            (Some(approval), Some(stale_months)) => {
                Ok(Self { approval, own_approval: is_on("own_approval"), evidence_required: is_on("evidence_required"), stale_months })
            }
            _ => Err(errors),
        }
    }

    /// Fills the fields that [`Settings::parse`] reads.
    pub fn as_form(&self) -> Form {
        let mut form = Form::default();
        form.set("approval", self.approval.code());
        form.set("stale_months", self.stale_months.to_string());
        for (name, on) in [("own_approval", self.own_approval), ("evidence_required", self.evidence_required)] {
            if on {
                form.set(name, "on");
            }
        }
        form
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_waits_for_each_step_in_turn() {
        let both = Approval::ChiefOffice;
        assert_eq!(
            [both.next(&[]), both.next(&[Step::Chief]), both.next(&[Step::Chief, Step::Office])],
            [Some(Step::Chief), Some(Step::Office), None]
        );
        assert_eq!((both.settles(Step::Chief), both.settles(Step::Office)), (false, true));
        assert!(Approval::Chief.settles(Step::Chief));
        assert!(Approval::None.settles(Step::Unasked));
    }

    #[test]
    fn a_chiefs_approval_settles_once_the_office_is_not_asked_any_more() {
        // The tenant changed its way while a report was under way: nobody is left to ask.
        assert!(Approval::Chief.settles(Step::Office));
        assert_eq!(Approval::Chief.next(&[Step::Chief]), None);
    }

    #[test]
    fn settings_read_back_from_their_form() {
        for settings in [
            Settings::default(),
            Settings { approval: Approval::ChiefOffice, own_approval: true, evidence_required: true, stale_months: 60 },
        ] {
            assert_eq!(Settings::parse(&settings.as_form()), Ok(settings));
        }
        let mut form = Settings::default().as_form();
        form.set("stale_months", "０");
        form.set("approval", "everybody");
        assert_eq!(Settings::parse(&form).unwrap_err().fields().collect::<Vec<_>>(), ["approval", "stale_months"]);
    }
}
