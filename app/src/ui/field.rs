//! Fields of forms: label, hint, error, control, tied together for everybody who cannot see the layout.
//! Ids are derived from names. Nothing is validated in the browser: the server's sentences are better.

use leptos::prelude::*;
use rashin_domain::form::{Form, FormErrors};

/// A form as it is shown: what was typed and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Filled {
    pub form: Form,
    pub errors: FormErrors,
}

impl Filled {
    pub fn new(held: Option<(Form, FormErrors)>, otherwise: impl FnOnce() -> Form) -> Self {
        match held {
            Some((form, errors)) => Self { form, errors },
            None => Self { form: otherwise(), errors: FormErrors::default() },
        }
    }

    fn value(&self, name: &str) -> String {
        self.form.get(name).to_owned()
    }

    fn error(&self, name: &str) -> Option<String> {
        self.errors.of(name).map(|sentence| format!("＊{sentence}"))
    }

    /// 「エラー：」 before the title of a page whose form came back.
    pub fn title(&self, title: &str) -> String {
        if self.errors.is_empty() { title.to_owned() } else { format!("エラー：{title}") }
    }

    /// The banner on top: every fault, linked to its field.
    pub fn summary(&self) -> Option<impl IntoView + use<>> {
        (!self.errors.is_empty()).then(|| {
            let heading = format!("入力内容に問題があります（{}件）", self.errors.len());
            let link = |(field, sentence): (&str, &str)| view! { <li><a href=format!("#{}", id_of(field))>{format!("＊{sentence}")}</a></li> };
            let links = self.errors.iter().map(link).collect_view();
            view! {
                <div class="dads-notification-banner" data-type="error" id="errors" tabindex="-1" autofocus role="group" aria-labelledby="errors-heading">
                    <h2 class="dads-notification-banner__heading" id="errors-heading">{heading}</h2>
                    <div class="dads-notification-banner__body"><ul>{links}</ul><p>"入力した内容は残しています。"</p></div>
                </div>
            }
        })
    }
}

/// Element id of a field name: dots would need escaping in links.
pub fn id_of(name: &str) -> String {
    name.replace('.', "-")
}

/// What a field is called and how it is explained.
#[derive(Clone)]
pub struct Label {
    pub text: String,
    pub required: bool,
    pub hint: Option<String>,
}

pub fn required(text: impl Into<String>) -> Label {
    Label { text: text.into(), required: true, hint: None }
}

pub fn optional(text: impl Into<String>) -> Label {
    Label { text: text.into(), required: false, hint: None }
}

impl Label {
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    fn mark(&self) -> impl IntoView + use<> {
        let (flag, words) = if self.required { ("true", "※必須") } else { ("false", "※任意") };
        view! { <span class="dads-form-control-label__requirement" data-required=flag>{words}</span> }
    }
}

/// The frame around one control.
fn field(filled: &Filled, name: &str, label: &Label, control: impl FnOnce(Described) -> AnyView) -> AnyView {
    let id = id_of(name);
    let error = filled.error(name);
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let mut describes = Vec::new();
    if label.hint.is_some() {
        describes.push(hint_id.clone());
    }
    if error.is_some() {
        describes.push(error_id.clone());
    }
    let described = Described {
        id: id.clone(),
        by: (!describes.is_empty()).then(|| describes.join(" ")),
        invalid: error.is_some(),
        required: label.required,
    };
    let invalid = error.is_some().then_some("");
    view! {
        <div class="dads-form-control-label" data-invalid=invalid>
            <label class="dads-form-control-label__label" for=id>{label.text.clone()}{label.mark()}</label>
            {label.hint.clone().map(|hint| view! { <p class="dads-form-control-label__support-text" id=hint_id>{hint}</p> })}
            {control(described)}
            {error.map(|error| view! { <p class="dads-form-control-label__error-text" id=error_id>{error}</p> })}
        </div>
    }
    .into_any()
}

struct Described {
    id: String,
    by: Option<String>,
    invalid: bool,
    required: bool,
}

/// What kind of text an input takes.
#[derive(Clone, Copy)]
pub struct Input {
    pub kind: &'static str,
    pub autocomplete: &'static str,
    /// Width in characters, 4 or 8; full when absent.
    pub width: Option<&'static str>,
    /// A number: right-aligned, with the keyboard for numbers on a phone.
    pub numeric: bool,
}

impl Input {
    pub const fn text(autocomplete: &'static str) -> Self {
        Self { kind: "text", autocomplete, width: None, numeric: false }
    }
}

pub const TEXT: Input = Input::text("off");

pub fn input(filled: &Filled, name: &str, label: &Label, input: Input) -> impl IntoView + use<> {
    let (name_attr, value) = (name.to_owned(), filled.value(name));
    field(filled, name, label, move |d| {
        view! {
            <input class="dads-input-text__input" type=input.kind id=d.id name=name_attr value=value autocomplete=input.autocomplete
                data-width=input.width data-num=input.numeric.then_some("") inputmode=input.numeric.then_some("decimal") aria-describedby=d.by aria-invalid=d.invalid.then_some("true") aria-required=d.required.then_some("true")/>
        }
        .into_any()
    })
}

/// A control in a cell of a table: its label is the row and the column, its fault stands under it.
pub fn cell_input(filled: &Filled, name: &str, label: String, numeric: bool) -> impl IntoView + use<> {
    let (id, error) = (id_of(name), filled.error(name));
    let error_id = format!("{id}-error");
    let by = error.is_some().then(|| error_id.clone());
    let invalid = error.is_some().then_some("true");
    view! {
        <input class="dads-input-text__input" type="text" id=id name=name.to_owned() value=filled.value(name) autocomplete="off"
            data-num=numeric.then_some("") inputmode=numeric.then_some("decimal") aria-label=label aria-describedby=by aria-invalid=invalid/>
        {error.map(|error| view! { <span class="dads-form-control-label__error-text" id=error_id>{error}</span> })}
    }
}

/// A choice in a cell of a table, as [`cell_input`].
pub fn cell_select(filled: &Filled, name: &str, label: String, options: &[(&'static str, &'static str)]) -> impl IntoView + use<> {
    let (id, error, chosen) = (id_of(name), filled.error(name), filled.value(name));
    let error_id = format!("{id}-error");
    let by = error.is_some().then(|| error_id.clone());
    let options =
        options.iter().map(|(value, text)| view! { <option value=*value selected={*value == chosen}>{*text}</option> }).collect_view();
    view! {
        <span class="dads-select"><select class="dads-select__select" data-size="sm" id=id name=name.to_owned() aria-label=label aria-describedby=by
            aria-invalid=error.is_some().then_some("true")>{options}</select></span>
        {error.map(|error| view! { <span class="dads-form-control-label__error-text" id=error_id>{error}</span> })}
    }
}

/// A password: pasting is allowed, the value is never sent back.
pub fn password(filled: &Filled, name: &str, label: &Label, autocomplete: &'static str) -> impl IntoView + use<> {
    input(
        &Filled { form: Form::default(), errors: filled.errors.clone() },
        name,
        label,
        Input { kind: "password", ..Input::text(autocomplete) },
    )
}

/// Text of several lines. Leptos writes a textarea's text without escaping it: this is the one place that owns
/// textareas, and it escapes.
pub fn textarea(filled: &Filled, name: &str, label: &Label, rows: u8) -> impl IntoView + use<> {
    let (name_attr, value) = (name.to_owned(), filled.value(name));
    field(filled, name, label, move |d| {
        // A browser drops one line break right after the tag.
        let text = format!("\n{}", value.replace('&', "&amp;").replace('<', "&lt;"));
        view! {
            <textarea class="dads-textarea__textarea" id=d.id name=name_attr rows=rows.to_string() aria-describedby=d.by
                aria-invalid=d.invalid.then_some("true") aria-required=d.required.then_some("true")>{text}</textarea>
        }
        .into_any()
    })
}

/// A choice from a list; the first entry asks to choose unless something is chosen.
pub fn select(filled: &Filled, name: &str, label: &Label, options: &[(String, String)], first: &'static str) -> impl IntoView + use<> {
    let (name_attr, chosen) = (name.to_owned(), filled.value(name));
    let options = options.iter().map(|(value, text)| {
        let selected = *value == chosen;
        view! { <option value=value.clone() selected=selected>{text.clone()}</option> }
    });
    let options = options.collect_view();
    field(filled, name, label, move |d| {
        view! {
            <span class="dads-select"><select class="dads-select__select" id=d.id name=name_attr aria-describedby=d.by
                aria-invalid=d.invalid.then_some("true") aria-required=d.required.then_some("true")>
                <option value="">{first}</option>{options}
            </select></span>
        }
        .into_any()
    })
}

/// One of a few, as radio buttons.
pub fn radios(filled: &Filled, name: &str, label: &Label, options: &[(&'static str, String)]) -> impl IntoView + use<> {
    let (id, chosen, error) = (id_of(name), filled.value(name), filled.error(name));
    let error_id = format!("{id}-error");
    let described = error.is_some().then(|| error_id.clone());
    let invalid = error.is_some().then_some("");
    let buttons = options.iter().enumerate().map(|(index, (value, text))| {
        let id = if index == 0 { id.clone() } else { format!("{id}-{index}") };
        let checked = *value == chosen;
        view! { <label class="dads-radio"><input class="dads-radio__input" type="radio" id=id name=name.to_owned() value=*value checked=checked/>{text.clone()}</label> }
    });
    view! {
        <fieldset class="dads-form-control-label" data-invalid=invalid aria-describedby=described>
            <legend class="dads-form-control-label__label">{label.text.clone()}{label.mark()}</legend>
            {label.hint.clone().map(|hint| view! { <p class="dads-form-control-label__support-text">{hint}</p> })}
            <div class="rashin-update__choices">{buttons.collect_view()}</div>
            {error.map(|error| view! { <p class="dads-form-control-label__error-text" id=error_id>{error}</p> })}
        </fieldset>
    }
}

/// Yes or no: the field holds `on` or nothing.
pub fn checkbox(filled: &Filled, name: &str, text: String) -> impl IntoView + use<> {
    let checked = filled.form.get(name) == "on";
    view! {
        <label class="dads-radio"><input class="dads-checkbox__input" type="checkbox" id=id_of(name) name=name.to_owned() value="on" checked=checked/>{text}</label>
    }
}

/// A box that must be ticked before something that cannot be overlooked; its fault stands under it.
pub fn confirm(filled: &Filled, name: &str, text: &str) -> impl IntoView + use<> {
    let error = filled.error(name).map(|error| view! { <p class="dads-form-control-label__error-text">{error}</p> });
    view! { {checkbox(filled, name, text.to_owned())}{error} }
}

/// Any number of a few: one field for each, called `{name}.{key}`. `options` are (key, words).
pub fn checkboxes(filled: &Filled, name: &str, label: &Label, options: &[(String, String)]) -> impl IntoView + use<> {
    let boxes = options.iter().map(|(key, text)| checkbox(filled, &format!("{name}.{key}"), text.clone())).collect_view();
    group(filled, name, label, view! { <div class="rashin-update__choices">{boxes}</div> })
}

/// Controls under one label; what is wrong with them together is the fault of `name`.
pub fn group<V: IntoView>(filled: &Filled, name: &str, label: &Label, controls: V) -> impl IntoView + use<V> {
    let error = filled.error(name);
    let error_id = format!("{}-error", id_of(name));
    let described = error.is_some().then(|| error_id.clone());
    let invalid = error.is_some().then_some("");
    view! {
        <fieldset class="dads-form-control-label" id=id_of(name) data-invalid=invalid aria-describedby=described>
            <legend class="dads-form-control-label__label">{label.text.clone()}{label.mark()}</legend>
            {label.hint.clone().map(|hint| view! { <p class="dads-form-control-label__support-text">{hint}</p> })}
            {controls}
            {error.map(|error| view! { <p class="dads-form-control-label__error-text" id=error_id>{error}</p> })}
        </fieldset>
    }
}

/// A file to send; `accept` as in HTML (`.csv`). Its form must be made with [`file_form`].
pub fn file(filled: &Filled, name: &str, label: &Label, accept: &'static str) -> impl IntoView + use<> {
    let name_attr = name.to_owned();
    field(filled, name, label, move |d| {
        view! {
            <input class="dads-input-text__input" type="file" id=d.id name=name_attr accept=accept aria-describedby=d.by
                aria-invalid=d.invalid.then_some("true") aria-required=d.required.then_some("true")/>
        }
        .into_any()
    })
}

/// Numbers side by side with their words: 「[2026] 年 [9] 月 [30] 日」. `parts` are (field name, word).
pub fn date(filled: &Filled, label: &Label, parts: &[(String, &'static str)]) -> impl IntoView + use<> {
    let group = parts.first().map(|(name, _)| id_of(name)).unwrap_or_default();
    let (hint_id, error_id) = (format!("{group}-hint"), format!("{group}-error"));
    let error = parts.iter().find_map(|(name, _)| filled.error(name));
    let invalid = error.is_some().then_some("");
    let described = if error.is_some() { format!("{hint_id} {error_id}") } else { hint_id.clone() };
    let inputs = parts.iter().map(|(name, word)| {
        let invalid = filled.errors.of(name).is_some();
        view! {
            <input class="dads-input-text__input" data-num="" data-width="4" type="text" inputmode="numeric" autocomplete="off" id=id_of(name)
                name=name.clone() value=filled.value(name) aria-label=format!("{}の{word}", label.text) aria-invalid=invalid.then_some("true")/>
            <span aria-hidden="true">{*word}</span>
        }
    });
    let hint = label.hint.clone().unwrap_or_else(|| "西暦で入力。例：2026年9月30日".to_owned());
    view! {
        <fieldset class="dads-form-control-label" data-invalid=invalid aria-describedby=described>
            <legend class="dads-form-control-label__label">{label.text.clone()}{label.mark()}</legend>
            <p class="dads-form-control-label__support-text" id=hint_id>{hint}</p>
            <span class="dads-date">{inputs.collect_view()}</span>
            {error.map(|error| view! { <p class="dads-form-control-label__error-text" id=error_id>{error}</p> })}
        </fieldset>
    }
}

/// The fields of a day, as [`Form::date`] reads them.
pub fn day(name: &str) -> [(String, &'static str); 3] {
    [("year", "年"), ("month", "月"), ("day", "日")].map(|(part, word)| (format!("{name}_{part}"), word))
}

/// The fields of a day and an hour, as [`Form::moment`] reads them.
pub fn day_and_hour(name: &str) -> [(String, &'static str); 4] {
    [("year", "年"), ("month", "月"), ("day", "日"), ("hour", "時")].map(|(part, word)| (format!("{name}_{part}"), word))
}

pub fn hidden(name: &str, value: impl Into<String>) -> AnyView {
    let (name, value): (String, String) = (name.to_owned(), value.into());
    view! { <input type="hidden" name=name value=value/> }.into_any()
}

/// The form of a page's main act: its one solid button.
pub fn post_form(action: impl Into<String>, fields: impl IntoView, button: &'static str) -> impl IntoView {
    form(action, fields, button, "solid-fill")
}

/// A form that carries files, or a text that would be too long in percent signs.
pub fn file_form(action: impl Into<String>, fields: impl IntoView, button: &'static str) -> impl IntoView {
    view! {
        <form class="stack rashin-form" method="post" action=action.into() enctype="multipart/form-data" novalidate>
            {fields}
            <p class="actions"><button class="dads-button" data-type="solid-fill">{button}</button></p>
        </form>
    }
}

/// A form beside the main act.
pub fn side_form(action: impl Into<String>, fields: impl IntoView, button: &'static str) -> impl IntoView {
    form(action, fields, button, "outline")
}

fn form(action: impl Into<String>, fields: impl IntoView, button: &'static str, look: &'static str) -> impl IntoView {
    view! {
        <form class="stack rashin-form" method="post" action=action.into() novalidate>
            {fields}
            <p class="actions"><button class="dads-button" data-type=look>{button}</button></p>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refilled_note_is_no_script() {
        let evil = "</textarea><script>alert(1)</script>&lt;";
        let filled = Filled { form: Form::from_pairs([("note".to_owned(), evil.to_owned())]), errors: FormErrors::default() };
        let html = Owner::new().with(|| textarea(&filled, "note", &optional("備考"), 3).to_html());
        assert!(!html.contains("<script"), "{html}");
        assert!(html.contains("&lt;/textarea>&lt;script>alert(1)&lt;/script>&amp;lt;"), "{html}");
    }

    #[test]
    fn an_error_is_tied_to_its_field_and_linked_from_the_summary() {
        let filled = Filled { form: Form::default(), errors: FormErrors::one("value.main", "実績値を入力してください。") };
        let html = Owner::new().with(|| (filled.summary(), input(&filled, "value.main", &required("実績値"), TEXT)).to_html());
        assert!(html.contains("href=\"#value-main\"") && html.contains("id=\"value-main\""), "{html}");
        assert!(html.contains("aria-describedby=\"value-main-error\"") && html.contains("aria-invalid=\"true\""));
    }
}
