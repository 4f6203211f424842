//! What a KPI refers to: the template it was made from, the national indicators it stands for.

use leptos::prelude::*;
use rashin_domain::{
    draft::Kind,
    form::{Form, FormErrors},
    plan::Kpi,
    template::{Correspondence, Difference, Mapping, Template, differences},
    text::sentences,
};
use rashin_store::TenantTx;

use super::Place;
use crate::{
    ui::{
        field::{Filled, TEXT, hidden, input, optional, select},
        section::{col, note, section, table},
    },
    web::Refusal,
};

/// Templates in use and the national library, as (code, words).
pub struct References {
    templates: Vec<Template>,
    indicators: Vec<(String, String)>,
}

impl References {
    pub async fn load(tx: &mut TenantTx) -> Result<Self, Refusal> {
        let templates = tx.templates().await?.into_iter().filter(|revision| !revision.retired).map(|revision| revision.template).collect();
        let indicators = tx.indicators().await?.into_iter().map(|i| (i.code.clone(), format!("{} {}", i.code, i.name))).collect();
        Ok(Self { templates, indicators })
    }

    fn choices(&self) -> Vec<(String, String)> {
        self.templates.iter().map(|template| (template.code.clone(), format!("{} {}", template.code, template.name))).collect()
    }

    /// A form of its own that fills the new KPI's form from a template.
    pub fn chooser(&self, place: &Place, chosen: &str, parent: &str) -> Option<AnyView> {
        let filled = Filled { form: Form::from_pairs([("template".to_owned(), chosen.to_owned())]), errors: FormErrors::default() };
        (!self.templates.is_empty()).then(|| {
            view! {
                <form method="get" action=place.new_one(Kind::Kpi) class="rashin-filter">
                    {hidden("parent", parent)}
                    {select(&filled, "template", &optional("雛形"), &self.choices(), "雛形を使わない")}
                    <button class="dads-button" data-type="outline">"雛形から入力する"</button>
                </form>
            }
            .into_any()
        })
    }

    pub fn template_control(&self, filled: &Filled) -> Option<AnyView> {
        let label = optional("もとにした雛形");
        (!self.templates.is_empty()).then(|| select(filled, "template", &label, &self.choices(), "なし").into_any())
    }

    /// A group of fields for each mapping, `count` of them.
    pub fn mapping_controls(&self, filled: &Filled, count: usize) -> AnyView {
        let words: Vec<_> = Correspondence::ALL.iter().map(|c| (c.code().to_owned(), c.label().to_owned())).collect();
        let group = |at: usize| {
            let name = |field: &str| format!("map.{at}.{field}");
            view! {
                {select(filled, &name("indicator"), &optional("対応する国の指標"), &self.indicators, "なし")}
                {select(filled, &name("correspondence"), &optional("対応の度合い"), &words, "選択してください")}
                {input(filled, &name("note"), &optional("対応についての補足").hint("「似ている」のときは、何が違うかを書きます。"), TEXT)}
            }
        };
        let open = (0..count).any(|at| !filled.form.get(&format!("map.{at}.correspondence")).is_empty()) || !filled.errors.is_empty();
        let groups = (0..count).map(group).collect_view();
        view! {
            <details class="rashin-fold" open=open>
                <summary>"国の指標との対応"</summary>
                <div class="stack rashin-form">{groups}</div>
            </details>
        }
        .into_any()
    }

    /// What a KPI changed of its template.
    pub fn departures(&self, kpi: &Kpi) -> Option<AnyView> {
        let template = self.templates.iter().find(|template| Some(&template.code) == kpi.template.as_ref())?;
        let changed = differences(template, kpi);
        let body = if changed.is_empty() {
            note("雛形のとおりです。").into_any()
        } else {
            let row = |d: Difference| {
                let words = |text: String| if text.is_empty() { "（なし）".to_owned() } else { text };
                view! { <tr><th scope="row">{d.field}</th><td>{words(d.before)}</td><td>{words(d.after)}</td></tr> }
            };
            let rows = view! { <tbody>{changed.into_iter().map(row).collect_view()}</tbody> }.into_any();
            let caption = format!("雛形 {} {} との違い", template.code, template.name);
            table("departures", caption, ["項目", "雛形", "この指標"].map(col).into(), rows, false)
        };
        Some(section("template", "雛形との違い", (), body))
    }
}

/// The fields of a new KPI as a template has them.
pub fn from_template(template: &Template) -> Form {
    let mut form = Form::default();
    let fields = [
        ("template", template.code.as_str()),
        ("name", &template.name),
        ("formula", &template.formula),
        ("how_to_count", &template.how_to_count),
        ("source", &template.source),
        ("frequency", template.frequency.code()),
        ("part.main.kind", template.kind.code()),
        ("part.main.unit", &template.unit),
        ("part.main.direction", template.direction.code()),
        ("part.main.accumulation", template.accumulation.code()),
        ("part.main.accumulation_confirmed", "on"),
    ];
    for (name, value) in fields {
        form.set(name, value);
    }
    fill_mappings(&mut form, template.mapping.as_slice());
    form
}

pub fn fill_mappings(form: &mut Form, mappings: &[Mapping]) {
    for (at, mapping) in mappings.iter().enumerate() {
        form.set(&format!("map.{at}.indicator"), mapping.indicator.clone());
        form.set(&format!("map.{at}.correspondence"), mapping.correspondence.code());
        form.set(&format!("map.{at}.note"), mapping.note.clone());
    }
}

/// The most mappings that one KPI has.
const MOST: usize = 20;

/// Reads the groups of [`References::mapping_controls`]; empty ones are left out.
pub fn read_mappings(form: &Form, errors: &mut FormErrors) -> Vec<Mapping> {
    let mut mappings = Vec::new();
    for at in 0..MOST {
        let name = |field: &str| format!("map.{at}.{field}");
        let indicator = form.get(&name("indicator")).to_owned();
        let correspondence = Correspondence::from_code(form.get(&name("correspondence")));
        let note = form.text(&name("note"), "対応についての補足", 400, errors);
        let Some(correspondence) = correspondence else {
            if !indicator.is_empty() {
                errors.push::<()>(&name("correspondence"), sentences::choose("対応の度合い"));
            }
            continue;
        };
        if indicator.is_empty() != (correspondence == Correspondence::Nothing) {
            let words = "国の指標は、「対応なし」のときだけ「なし」にします。";
            errors.push::<()>(&name("indicator"), words.to_owned());
        }
        if correspondence == Correspondence::Similar && note.is_empty() {
            errors.push::<()>(&name("note"), "「似ている」のときは、何が違うかを入力してください。".to_owned());
        }
        mappings.push(Mapping { indicator, correspondence, note });
    }
    mappings
}
