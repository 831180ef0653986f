//! Files of a folder, and copies of them that are written only where they differ: what is equal already keeps its
//! time, and cargo what it has built.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

/// All files in a folder and its folders, sorted; none if it is not there.
pub(crate) fn below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        if !folder.exists() {
            continue;
        }
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Makes `to` have these files of `from`, and no others.
pub(crate) fn mirror(
    from: &Path,
    to: &Path,
    names: impl IntoIterator<Item = PathBuf>,
) -> Result<()> {
    let mut left_over = below(to)?;
    for name in names {
        // Deleted, but not yet committed.
        let Ok(bytes) = fs::read(from.join(&name)) else { continue };
        let file = to.join(name);
        write_changed(&file, &bytes)?;
        left_over.retain(|other| *other != file);
    }
    for file in left_over {
        fs::remove_file(&file).with_context(|| file.display().to_string())?;
    }
    Ok(())
}

/// Writes a file, and the folder that it is in, unless it is there with this content.
pub(crate) fn write_changed(file: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(file).is_ok_and(|found| found == bytes) {
        return Ok(());
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(file, bytes).with_context(|| file.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_takes_over_what_is_new_and_what_is_gone() {
        let folder = std::env::temp_dir().join(format!("iocp-mirror-{}", std::process::id()));
        let (from, to) = (folder.join("from"), folder.join("to"));
        for (path, text) in [("from/a", "1"), ("from/in/b", "2"), ("to/a", "0"), ("to/c/d", "3")] {
            write_changed(&folder.join(path), text.as_bytes()).expect("written");
        }
        mirror(&from, &to, ["a", "in/b", "gone"].map(PathBuf::from)).expect("mirrored");
        assert_eq!(below(&to).expect("there"), [to.join("a"), to.join("in/b")]);
        assert_eq!(fs::read_to_string(to.join("a")).expect("there"), "1");
        fs::remove_dir_all(folder).expect("removed");
    }
}
