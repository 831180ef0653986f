//! The form of links to Microsoft: the host, the language, the header said twice.

use crate::tidy::Source;

pub(super) const LEARN: &str = "https://learn.microsoft.com/en-us/";
pub(super) const API: &str = "https://learn.microsoft.com/en-us/windows/win32/api/";
pub(super) const DDI: &str = "https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/";

/// Every link to Microsoft: this form, this language, no query, the header said twice.
pub(super) fn check(file: &Source) -> Vec<String> {
    let mut faults = Vec::new();
    for (number, line) in (1..).zip(file.text.lines()) {
        for rest in line.split("https://").skip(1) {
            let end = rest.find(['>', ' ', '`', '"']).unwrap_or(rest.len());
            let link = format!("https://{}", &rest[..end]);
            if let Some(fault) = check_link(&link) {
                faults.push(format!("{}:{number}: {fault}: {link}", file.path));
            }
        }
    }
    faults
}

fn check_link(link: &str) -> Option<&'static str> {
    if !link.contains("microsoft.com") || link.contains("devblogs") {
        return None;
    }
    let Some(path) = link.strip_prefix(LEARN) else {
        return Some("a link to Microsoft begins with https://learn.microsoft.com/en-us/");
    };
    if path.chars().any(|c| c.is_ascii_uppercase())
        || path.ends_with('/')
        || path.contains(['?', '#'])
    {
        return Some("lower case, no query, no fragment, no slash at the end");
    }
    let page = link.strip_prefix(API).or_else(|| link.strip_prefix(DDI))?;
    let mut parts = page.split(['/', '-']);
    let (folder, kind, header) = (parts.next(), parts.next(), parts.next());
    let fine = folder == header
        && matches!(kind, Some("nf" | "ns" | "nc" | "ne"))
        && parts.next().is_some_and(|name| !name.is_empty());
    (!fine).then_some("the form is <header>/<nf|ns|nc|ne>-<header>-<name>")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::sample;

    #[test]
    fn links_of_another_form_fail() {
        for bad in [
            "https://docs.microsoft.com/en-us/windows/win32/api/a/nf-a-b",
            "https://learn.microsoft.com/en-us/windows/win32/api/a/nf-b-c",
            "https://learn.microsoft.com/en-us/windows/win32/api/a/xx-a-c",
            "https://learn.microsoft.com/en-us/windows/win32/fileio/CancelIo",
            "https://learn.microsoft.com/en-us/windows/win32/fileio/cancelio/",
            "https://learn.microsoft.com/en-us/windows/win32/fileio/cancelio?view=1",
            "https://learn.microsoft.com/de-de/windows/win32/fileio/cancelio",
        ] {
            assert_eq!(
                check(&sample("iocp-sys/src/a.rs", &format!("//! <{bad}>\n"))).len(),
                1,
                "{bad}"
            );
        }
    }
}
