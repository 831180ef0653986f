//! What must not stand in a file that is published: folders of this machine, its name, its user's name.

use crate::process::{root, target_dir};

/// Names that many machines have and that say nothing of anybody.
const NOBODY: [&str; 6] = ["root", "user", "admin", "administrator", "runneradmin", "runner"];

/// What is replaced, and by what.
#[derive(Debug)]
pub(super) struct Private {
    folders: Vec<(String, &'static str)>,
    names: Vec<String>,
}

impl Private {
    /// Of this machine.
    pub(super) fn here() -> Self {
        let of = |name: &str| std::env::var(name).ok();
        let mut folders = vec![
            (target_dir().to_string_lossy().into_owned(), "target"),
            (root().to_string_lossy().into_owned(), "."),
        ];
        let known = [
            ("CARGO_HOME", "~cargo"),
            ("RUSTUP_HOME", "~rustup"),
            ("TEMP", "~temp"),
            ("TMP", "~temp"),
            ("TMPDIR", "~temp"),
            ("USERPROFILE", "~"),
            ("HOME", "~"),
        ];
        folders.extend(known.iter().filter_map(|(name, short)| Some((of(name)?, *short))));
        let mut names: Vec<String> = ["USERNAME", "USER", "LOGNAME", "COMPUTERNAME", "HOSTNAME"]
            .iter()
            .filter_map(|n| of(n))
            .collect();
        names.extend(std::fs::read_to_string("/etc/hostname").ok());
        Self::new(folders, names)
    }

    fn new(mut folders: Vec<(String, &'static str)>, names: Vec<String>) -> Self {
        folders.retain(|(folder, _)| folder.len() > 3);
        // A folder before those that hold it.
        folders.sort_by_key(|(folder, _)| std::cmp::Reverse(folder.len()));
        let mut names: Vec<_> = names.iter().map(|name| name.trim().to_owned()).collect();
        names.retain(|name| name.len() > 2 && !NOBODY.contains(&name.to_lowercase().as_str()));
        Self { folders, names }
    }

    /// The text without them.
    pub(super) fn clean(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (folder, short) in &self.folders {
            // As it is, as Rust prints it quoted, as Wine says it, and with the other slashes.
            let ways = [
                folder.replace('\\', "\\\\"),
                format!("Z:{}", folder.replace('/', "\\")),
                folder.clone(),
                folder.replace('\\', "/"),
                folder.replace('/', "\\"),
            ];
            ways.iter().for_each(|way| text = replaced(&text, way, short, |_| true));
        }
        for name in &self.names {
            text = replaced(&text, name, "somebody", |beside| !beside.is_alphanumeric());
        }
        text
    }
}

/// Replaces what stands there in whatever case, between characters that are right for it.
fn replaced(text: &str, what: &str, by: &str, beside: fn(char) -> bool) -> String {
    // ASCII case only: so that the lengths agree.
    let (low, what) = (text.to_ascii_lowercase(), what.to_ascii_lowercase());
    let (mut out, mut from) = (String::new(), 0);
    while let Some(found) = low[from..].find(&what) {
        let (start, end) = (from + found, from + found + what.len());
        let before = text[..start].chars().next_back().is_none_or(beside);
        let is_whole = before && text[end..].chars().next().is_none_or(beside);
        out += &text[from..start];
        out += if is_whole { by } else { &text[start..end] };
        from = end;
    }
    out + &text[from..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_names_are_gone_however_they_are_written() {
        let folders = vec![
            (r"C:\Users\Jane Doe".to_owned(), "~"),
            (r"C:\Users\Jane Doe\iocp".to_owned(), "."),
            ("/".to_owned(), "nothing"),
        ];
        let names = ["jdoe", "Jane Doe", "PC-7\n", "runneradmin", "ab"].map(str::to_owned);
        let private = Private::new(folders, names.to_vec());
        for (text, clean) in [
            (r"c:\users\jane doe\iocp\tests\a.rs:3", r".\tests\a.rs:3"),
            (r#""C:\\Users\\Jane Doe\\x""#, r#""~\\x""#),
            ("C:/Users/Jane Doe/iocp/a.rs", "./a.rs"),
            (r"\\PC-7\pipe by jdoe, jdoes", r"\\somebody\pipe by somebody, jdoes"),
            ("a/b, runneradmin, Ä, ab", "a/b, runneradmin, Ä, ab"),
        ] {
            assert_eq!(private.clean(text), clean);
        }
        let unix = Private::new(vec![("/srv/jane".to_owned(), "~")], Vec::new());
        assert_eq!(unix.clean(r"/srv/jane/x Z:\srv\jane\y"), r"~/x ~\y");
    }

    #[test]
    fn this_machine_hides_its_own_folder() {
        let path = root().join("tests").to_string_lossy().into_owned();
        assert!(!Private::here().clean(&path).contains(&*root().to_string_lossy()));
    }
}
