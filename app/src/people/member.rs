//! `/{city}/staff/people/{member}`: one member, with posts of now, before and later, and what can be done with them.

use axum::extract::Path;
use leptos::prelude::*;
use rashin_domain::{
    access::Action,
    clock::{date_label, moment_label},
    form::Form,
    identity::INVITATION_LIFE,
    ids::MemberId,
    staff::MemberState,
};
use rashin_store::{TenantTx, people::StaffMember, postings::HeldPosting};

use super::{day, frame_below, member_url, name_fields, people_url, posting_fields, posting_words, set_posting_defaults, term_words};
use crate::{
    ui::{
        field::{Filled, TEXT, date, hidden, input, optional, post_form, required, select, side_form},
        section::{empty, facts, note, page_head, section},
    },
    web::{Page, Refusal, Visit, digest},
};

/// The field that stands for the names somebody saw.
pub const NAMES_SEEN: &str = "names_seen";

/// Stands for the state and the posts that somebody saw.
pub fn seen(staff: &StaffMember, held: &[HeldPosting]) -> String {
    digest((staff.state, staff.left_on, held))
}

pub async fn member(visit: Visit, Path((city, member)): Path<(String, MemberId)>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let staff = tx.staff_member(member).await?;
    let _may = visit.permit(&mut tx, &Action::Staff).await?;
    let (held, sections, today) = (tx.postings(Some(member)).await?, tx.coming_sections().await?, tx.today());
    let mut filled = Filled::new(visit.take_held().await?, Form::default);
    // A form that came back holds its own fields only: the others show what they began with.
    if filled.form.get("capacity").is_empty() {
        set_posting_defaults(&mut filled.form, today);
    }
    if filled.form.get(NAMES_SEEN).is_empty() {
        filled.form.set("name", staff.name.clone());
        filled.form.set("kana", staff.kana.clone());
        filled.form.set("staff_number", staff.staff_number.clone().unwrap_or_default());
    }
    for name in ["ended", "left"] {
        if !filled.errors.fields().any(|field| field.starts_with(name)) {
            filled.form.set_date(name, today);
        }
    }
    let seen = seen(&staff, &held);
    let url = member_url(&city, member);
    let (past, rest): (Vec<_>, Vec<_>) = held.iter().partition(|held| held.posting.term.is_past(today));
    let (later, now): (Vec<_>, Vec<_>) = rest.into_iter().partition(|held| held.posting.term.from > today);
    let ending = (!now.is_empty()).then(|| ending(&filled, &url, &seen, &now));
    let main = view! {
        {filled.summary()}
        {page_head(staff.kana.clone(), staff.name.clone(), ())}
        {section("facts", "登録内容", (), view! { {facts(rows(&tx, &city, &staff))}{correction(&filled, &url, &staff)} })}
        {(staff.state == MemberState::Invited).then(|| invitation(&filled, &city, &url, &staff))}
        {section("now", "いまの所属と役割", (), view! {
            {if now.is_empty() { empty("いま有効な所属はありません。この人は団体の画面に入れません。", None).into_any() } else { list(&now) }}
            {ending}
        })}
        {(!later.is_empty()).then(|| section("prepared", "予定している所属と役割", note("開始日までは効力がなく、管理者だけに見えます。"), prepared(&url, &seen, &later)))}
        {staff.is_here().then(|| section("add", "所属と役割を加える", (), post_form(format!("{url}/assignments"), view! {
            {hidden("seen", seen.clone())}
            {posting_fields(&filled, &sections, today)}
        }, "加える")))}
        {(!past.is_empty()).then(|| section("past", "これまでの所属と役割", (), list(&past)))}
        {states(&filled, &url, &seen, &staff)}
        <p><a href=people_url(&city)>"職員の一覧に戻る"</a></p>
    };
    let frame = frame_below(&tx, &city).flash(visit.take_flash().await?);
    Ok(Page::new(filled.title(&staff.name), frame, main))
}

fn rows(tx: &TenantTx, city: &str, staff: &StaffMember) -> Vec<(&'static str, AnyView)> {
    let state = match staff.left_on {
        Some(day) if staff.state == MemberState::Left => format!("{}（最終日 {}）", staff.state.label(), date_label(day)),
        Some(day) => format!("{}（{}に退職予定）", staff.state.label(), date_label(day)),
        None => staff.state.label().to_owned(),
    };
    let login = match (&staff.email, &staff.staff_number) {
        (Some(email), _) => email.clone(),
        (None, Some(number)) => format!("職員番号 {number}、団体 {city}"),
        (None, None) => "なし".to_owned(),
    };
    let mut rows = vec![
        ("状態", state.into_any()),
        ("サインインの名前", login.into_any()),
        ("職員番号", staff.staff_number.clone().unwrap_or_else(|| "なし".to_owned()).into_any()),
    ];
    if let Some(at) = staff.invited_at.filter(|_| staff.state == MemberState::Invited) {
        let until = at + INVITATION_LIFE;
        let words =
            if until <= tx.now() { "期限が切れました".to_owned() } else { format!("{}まで使えます", moment_label(until)) };
        rows.push(("招待", format!("{}に送付・発行。{words}。", moment_label(at)).into_any()));
    }
    rows
}

fn correction(filled: &Filled, url: &str, staff: &StaffMember) -> impl IntoView + use<> {
    let (number, address) = match &staff.email {
        Some(_) => (
            optional("職員番号").hint("空にすると、職員番号の記録がなくなります。"),
            "メールアドレスは、本人が羅針全体で使うサインインの名前です。ほかの団体でも使われていることがあるため、団体の管理者は変えられません。変わったときは、新しいアドレスであらためて招待し、この登録を退職にしてください。",
        ),
        None => (
            required("職員番号").hint("サインインの名前です。変えたら、本人に新しい番号を伝えてください。パスワードは変わりません。"),
            "この職員のサインインの名前は職員番号です。メールアドレスでサインインできるようにするには、そのアドレスであらためて招待し、この登録を退職にしてください。",
        ),
    };
    let fields = view! {
        {hidden(NAMES_SEEN, digest(staff.names()))}
        {name_fields(filled)}
        {input(filled, "staff_number", &number, TEXT)}
    };
    let is_open = ["name", "kana", "staff_number"].iter().any(|name| filled.errors.of(name).is_some());
    view! {
        <details class="rashin-fold" open=is_open>
            <summary>"氏名・かな・職員番号を直す"</summary>
            <div class="stack">
                <p class="note">{address}</p>
                {side_form(format!("{url}/corrections"), fields, "登録内容を直す")}
            </div>
        </details>
    }
}

fn list(held: &[&HeldPosting]) -> AnyView {
    let items = held
        .iter()
        .map(|held| view! { <li><div><b>{posting_words(held)}</b><p class="note">{term_words(&held.posting.term)}</p></div></li> });
    view! { <ul class="rashin-task-list" data-two="">{items.collect_view()}</ul> }.into_any()
}

fn prepared(url: &str, seen: &str, held: &[&HeldPosting]) -> AnyView {
    let items = held.iter().map(|held| {
        let label = format!("{}の予定を取り消す", posting_words(held));
        view! {
            <li>
                <div><b>{posting_words(held)}</b><p class="note">{term_words(&held.posting.term)}</p></div>
                <form method="post" action=format!("{url}/withdrawals")>
                    {hidden("seen", seen)}{hidden("assignment", held.id.to_string())}
                    <button class="dads-button" data-type="outline" data-size="sm" aria-label=label>"取り消す"</button>
                </form>
            </li>
        }
    });
    view! { <ul class="rashin-task-list" data-two="">{items.collect_view()}</ul> }.into_any()
}

fn ending(filled: &Filled, url: &str, seen: &str, held: &[&HeldPosting]) -> AnyView {
    let options: Vec<_> = held.iter().map(|held| (held.id.to_string(), posting_words(held))).collect();
    let fields = view! {
        {hidden("seen", seen)}
        {select(filled, "assignment", &required("終える所属と役割"), &options, "選択してください")}
        {date(filled, &required("最後の日").hint("その日まで有効です。西暦で入力。例：2027年3月31日"), &day("ended"))}
    };
    let is_open = filled.errors.fields().any(|field| field == "assignment" || field.starts_with("ended"));
    view! { <details class="rashin-fold" open=is_open><summary>"所属と役割を終える"</summary>{side_form(format!("{url}/endings"), fields, "この日で終える")}</details> }.into_any()
}

fn invitation(filled: &Filled, city: &str, url: &str, staff: &StaffMember) -> AnyView {
    let error = filled
        .errors
        .of("invitation")
        .map(|sentence| view! { <p class="dads-form-control-label__error-text">{format!("＊{sentence}")}</p> });
    let body = match staff.needs_sheet() {
        true => view! {
            <p class="prose">"メールアドレスがないため、招待は印刷した用紙で渡します。作り直すと、前の用紙は使えなくなります。"</p>
            <form method="post" action=format!("{}/sheets", people_url(city))>
                {hidden("member", staff.id.to_string())}
                <button class="dads-button" data-type="outline">"招待の用紙を作って印刷する"</button>
            </form>
        }
        .into_any(),
        false => view! {
            <p class="prose">"本人がメールを受け取り、サインインすると「利用中」になります。すでに羅針を使っている人は、いまのパスワードのままサインインできます。"</p>
            <form method="post" action=format!("{url}/invitations")><button class="dads-button" data-type="outline">"招待のメールを送り直す"</button></form>
        }
        .into_any(),
    };
    section("invitation", "招待", (), view! { {error}{body} })
}

/// Suspension, leave, return.
fn states(filled: &Filled, url: &str, seen: &str, staff: &StaffMember) -> AnyView {
    let suspension = || {
        let fields = view! {
            {hidden("seen", seen)}
            {input(filled, "reason", &optional("停止の理由").hint("記録に残ります。例：育児休業"), TEXT)}
        };
        view! {
            <h3>"利用の停止"</h3>
            <p class="prose">"すぐに団体の画面に入れなくなります。所属と役割は残り、再開すると元に戻ります。"</p>
            {side_form(format!("{url}/suspensions"), fields, "利用を停止する")}
        }
    };
    let leave = || {
        let fields = view! {
            {hidden("seen", seen)}
            {date(filled, &required("在職の最後の日").hint("その日ですべての所属と役割が終わります。それより後に始まる予定は取り消されます。"), &day("left"))}
        };
        view! { <h3>"退職"</h3>{side_form(format!("{url}/leavings"), fields, "退職を記録する")} }
    };
    let back = |words: &'static str, button: &'static str| {
        view! { <p class="prose">{words}</p>{side_form(format!("{url}/reactivations"), hidden("seen", seen), button)} }
    };
    let body = match (staff.state, staff.left_on) {
        (MemberState::Left, _) => back("もう一度この団体で働くときは、再開してから所属と役割を加えます。", "利用を再開する").into_any(),
        (_, Some(_)) => {
            back("退職の予定を取り消します。終わった所属と役割は、あらためて加えてください。", "退職の予定を取り消す").into_any()
        }
        (MemberState::Suspended, None) => view! { {back("いま停止中です。", "利用を再開する")}{leave()} }.into_any(),
        (MemberState::Invited | MemberState::Active, None) => view! { {suspension()}{leave()} }.into_any(),
    };
    section("state", "停止と退職", (), body)
}
