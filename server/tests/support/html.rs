//! Just enough reading of our own pages.

use std::collections::BTreeSet;

use regex_lite::Regex;

pub fn title(page: &str) -> String {
    Regex::new("<title>(?s:(.*?))</title>").unwrap().captures(page).map(|found| found[1].to_owned()).unwrap_or_default()
}

/// The part of a page that differs.
pub fn main(page: &str) -> &str {
    page.split("<main").nth(1).and_then(|rest| rest.split("</main>").next()).unwrap_or(page)
}

pub fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#x27;", "'").replace("&amp;", "&")
}

/// What stands in a field: an input, the chosen option, the checked button or a textarea.
pub fn field(page: &str, name: &str) -> Option<String> {
    let attribute =
        |tag: &str, name: &str| Regex::new(&format!(" {name}=\"([^\"]*)\"")).unwrap().captures(tag).map(|found| unescape(&found[1]));
    let named = |tag: &str| attribute(tag, "name").as_deref() == Some(name);
    for tag in Regex::new("<input [^>]*>").unwrap().find_iter(page).map(|found| found.as_str()).filter(|tag| named(tag)) {
        match attribute(tag, "type").as_deref() {
            Some("radio") if !tag.contains(" checked") => {}
            _ => return Some(attribute(tag, "value").unwrap_or_default()),
        }
    }
    if let Some(found) = Regex::new("(<textarea [^>]*>)(?s:(.*?))</textarea>").unwrap().captures_iter(page).find(|found| named(&found[1])) {
        let text = unescape(&found[2]);
        return Some(text.strip_prefix('\n').unwrap_or(&text).to_owned());
    }
    if let Some(found) = Regex::new("(<select [^>]*>)(?s:(.*?))</select>").unwrap().captures_iter(page).find(|found| named(&found[1])) {
        let options = Regex::new("<option [^>]*>").unwrap();
        let chosen = options.find_iter(&found[2]).map(|tag| tag.as_str().to_owned()).find(|tag| tag.contains(" selected"));
        return Some(chosen.and_then(|tag| attribute(&tag, "value")).unwrap_or_default());
    }
    None
}

/// Every field of the page's main part, as a browser would send it; boxes that are not ticked are left out.
pub fn fields(page: &str) -> Vec<(String, String)> {
    let page = main(page);
    let names: BTreeSet<String> = Regex::new(" name=\"([^\"]*)\"").unwrap().captures_iter(page).map(|found| unescape(&found[1])).collect();
    let boxes = boxes(page);
    names.into_iter().filter(|name| !boxes.contains(name)).filter_map(|name| field(page, &name).map(|value| (name, value))).collect()
}

/// Names of the boxes that can be ticked and are not.
pub fn boxes(page: &str) -> Vec<String> {
    let tags = Regex::new("<input [^>]*type=\"checkbox\"[^>]*>").unwrap();
    let open = tags.find_iter(main(page)).map(|found| found.as_str()).filter(|tag| !tag.contains(" checked"));
    open.filter_map(|tag| Regex::new(" name=\"([^\"]*)\"").unwrap().captures(tag).map(|found| unescape(&found[1]))).collect()
}

pub fn hidden(page: &str, name: &str) -> String {
    field(page, name).unwrap_or_else(|| panic!("no field {name} in\n{}", main(page)))
}

/// Ids that the error summary links to.
pub fn error_links(page: &str) -> Vec<String> {
    let summary = page.split("id=\"errors\"").nth(1).and_then(|rest| rest.split("</ul>").next()).unwrap_or_default();
    Regex::new("href=\"#([^\"]*)\"").unwrap().captures_iter(summary).map(|found| found[1].to_owned()).collect()
}

/// Header and body of a mail file, with quoted-printable or base64 undone.
pub fn mail_text(mail: &str) -> String {
    let (head, body) = mail.split_once("\r\n\r\n").or_else(|| mail.split_once("\n\n")).unwrap_or((mail, ""));
    let encoding = head.to_lowercase();
    let body = if encoding.contains("quoted-printable") {
        quoted_printable(body)
    } else if encoding.contains("base64") {
        base64(body)
    } else {
        body.as_bytes().to_vec()
    };
    format!("{head}\n\n{}", String::from_utf8_lossy(&body))
}

fn quoted_printable(text: &str) -> Vec<u8> {
    let joined = text.replace("=\r\n", "").replace("=\n", "");
    let (mut bytes, mut rest) = (Vec::new(), joined.as_bytes());
    while let [first, tail @ ..] = rest {
        match (first, tail) {
            (b'=', [high, low, tail @ ..]) => {
                let hex = [*high, *low];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap());
                rest = tail;
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    bytes
}

/// Of either alphabet; padding and line ends are passed over.
pub fn base64(text: &str) -> Vec<u8> {
    let text = text.replace('-', "+").replace('_', "/");
    let value = |byte: u8| "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".bytes().position(|b| b == byte);
    let (mut bytes, mut buffer, mut bits) = (Vec::new(), 0_u32, 0);
    for six in text.bytes().filter_map(value) {
        buffer = buffer << 6 | six as u32;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits) as u8);
        }
    }
    bytes
}
