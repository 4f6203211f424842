//! Every link of a page leads somewhere: the staff pages are walked from the home of each kind of member.

mod support;

use std::collections::BTreeSet;

use sqlx::PgPool;
use support::{Service, unescape};

/// Addresses that a page links to, inside the tenant, without what opens only with a filter.
fn links(page: &str, city: &str) -> BTreeSet<String> {
    let inside = |href: &str| href == format!("/{city}") || href.starts_with(&format!("/{city}/"));
    let hrefs = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(unescape);
    hrefs.map(|href| href.split('#').next().unwrap_or_default().to_owned()).filter(|href| inside(href)).collect()
}

/// What is told apart by its shape only: pages of the same kind are looked at twice, not two hundred times.
fn shape(href: &str) -> String {
    let (path, query) = href.split_once('?').unwrap_or((href, ""));
    let names: Vec<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    let piece = |piece: &str| match piece.chars().any(|c| c.is_ascii_digit()) {
        true => "*".to_owned(),
        false => piece.to_owned(),
    };
    format!("{}?{}", path.split('/').map(piece).collect::<Vec<_>>().join("/"), names.join("&"))
}

async fn walk(service: &Service, city: &str, login: &str) {
    let mut browser = service.signed_in(login).await;
    let mut todo = vec![format!("/{city}/staff")];
    let mut seen = BTreeSet::from([todo[0].clone()]);
    let mut shapes: Vec<String> = Vec::new();
    let mut dead = Vec::new();
    while let Some(address) = todo.pop() {
        let answer = browser.get(&address).await;
        match answer.status {
            200 => {}
            301..=308 => todo.extend(Some(answer.location()).filter(|to| seen.insert(to.clone()))),
            status => dead.push(format!("{status} {address}")),
        }
        if !answer.header("content-type").starts_with("text/html") {
            continue;
        }
        for link in links(&answer.text(), city) {
            let shape = shape(&link);
            let same = shapes.iter().filter(|other| **other == shape).count();
            if same < 2 && seen.insert(link.clone()) {
                shapes.push(shape);
                todo.push(link);
            }
        }
    }
    assert_eq!(dead, [""; 0], "{login}");
    assert!(seen.len() > 40, "{login} saw only {} pages", seen.len());
}

#[sqlx::test(migrator = "rashin_store::maintenance::MIGRATOR")]
async fn every_link_of_a_staff_page_leads_somewhere(pool: PgPool) {
    let service = Service::start(pool).await;
    for (city, logins) in [
        (
            "kai",
            &["jimukyoku@kai.example", "kanri@kai.example", "shimin@kai.example", "shimin-kacho@kai.example", "etsuran@kai.example"][..],
        ),
        ("midorino", &["jimukyoku@midorino.example", "sato@midorino.example"][..]),
    ] {
        for login in logins {
            walk(&service, city, login).await;
        }
    }
}
