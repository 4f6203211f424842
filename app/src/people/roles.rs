//! `/{city}/staff/roles`: 「誰が何をできるか」, for every member, from the code that decides it.

use axum::extract::Path;
use leptos::prelude::*;
use rashin_domain::{
    access::Role,
    rights::{self, Reach, Right},
    staff::MemberState,
};

use super::people_url;
use crate::{
    ui::{
        frame::{Frame, Here},
        section::{col, empty, note, page_head, section, table},
    },
    web::{Page, Refusal, Visit},
};

/// Somebody who holds a role today.
struct Holder {
    section: String,
    words: String,
}

pub async fn roles(visit: Visit, Path(city): Path<String>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let (staff, postings, today) = (tx.staff().await?, tx.postings(None).await?, tx.today());
    let is_admin = tx.member().is_some_and(|member| member.has(Role::Admin));
    let holders = |role: Role| {
        let now = postings.iter().filter(|held| held.posting.role == role && held.posting.term.holds(today));
        let mut holders: Vec<Holder> = now
            .filter_map(|held| {
                let member = staff.iter().find(|member| member.id == held.member && member.state == MemberState::Active)?;
                let post = if held.posting.post.is_empty() { String::new() } else { format!("　{}", held.posting.post) };
                let words = format!("{}{post}（{}）", member.name, held.posting.capacity.label());
                Some(Holder { section: held.section_name.clone().unwrap_or_else(|| "全庁".to_owned()), words })
            })
            .collect();
        holders.sort_by(|a, b| a.section.cmp(&b.section));
        holders
    };
    let admins: Vec<String> = holders(Role::Admin).into_iter().map(|holder| format!("{}　{}", holder.section, holder.words)).collect();
    let lead = format!("この団体の管理者は、{}です。所属や役割の変更は管理者に依頼してください。", admins.join("、"));
    let columns = std::iter::once(col("できること")).chain(Role::ALL.iter().map(|role| col(role.label()))).collect();
    let rows = rights::table().iter().map(line).collect_view();
    let by_role = Role::ALL.iter().map(|role| {
        let holders = holders(*role);
        let count = note(format!("{}人", holders.len()));
        let body = match holders.is_empty() {
            true => empty("いまこの役割の人はいません。", None).into_any(),
            false => {
                let items = holders.chunk_by(|a, b| a.section == b.section).map(|here| {
                    let people = here.iter().map(|holder| view! { <span class="dads-table__line">{holder.words.clone()}</span> });
                    let section = here.first().map(|holder| holder.section.clone());
                    view! { <div><dt>{section}</dt><dd>{people.collect_view()}</dd></div> }
                });
                view! { <dl class="dads-description-list">{items.collect_view()}</dl> }.into_any()
            }
        };
        section(role.code(), role.label(), count, body)
    });
    let main = view! {
        {page_head("", "誰が何をできるか", is_admin.then(|| view! { <p class="links"><a href=people_url(&city)>"職員の一覧"</a></p> }))}
        <p class="lead prose">{lead}</p>
        {section("rights", "役割ごとにできること", note("○：できる　自課：自分の課・係について　－：できない"), table("matrix", "役割とできること", columns, view! { <tbody>{rows}</tbody> }.into_any(), false))}
        {by_role.collect_view()}
    };
    let here = if is_admin { Here::People } else { Here::None };
    let frame = Frame::staff(&tx, None, here).crumbs(vec![("ホーム".to_owned(), format!("/{city}/staff"))]);
    Ok(Page::new("誰が何をできるか", frame, main))
}

fn line(right: &Right) -> impl IntoView + use<> {
    let cells = right.by_role.iter().map(|(_, reach)| match reach {
        Reach::Everything => view! { <td><span aria-hidden="true">"○"</span><span class="vh">"できる"</span></td> }.into_any(),
        Reach::OwnSection => view! { <td>"自課"</td> }.into_any(),
        Reach::No => view! { <td><span aria-hidden="true">"－"</span><span class="vh">"できない"</span></td> }.into_any(),
    });
    let note = (!right.note.is_empty()).then(|| view! { <span class="dads-table__sub">{right.note}</span> });
    view! { <tr><th scope="row">{right.words}{note}</th>{cells.collect_view()}</tr> }
}
