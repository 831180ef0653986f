//! Line ends: a clone by a git that writes CRLF, as git for Windows does unless it is told otherwise, has
//! each file byte for byte as it is here. Tests compare files, and tables are split at line ends.

use std::fs;

use anyhow::{bail, Context, Result};

use crate::process::{command, output, root, run, target_dir};

pub(super) fn check() -> Result<String> {
    let clone = target_dir().join("line-ends");
    if clone.exists() {
        fs::remove_dir_all(&clone).context("the clone of the last time stays")?;
    }
    let mut git = command("git");
    git.args(["clone", "--quiet", "--config", "core.autocrlf=true"]).arg(root()).arg(&clone);
    run(&mut git)?;
    let listed = output(command("git").args(["ls-files", "--eol"]).current_dir(&clone))?;
    let changed = changed(&listed);
    if !changed.is_empty() {
        bail!(
            "a clone with CRLF differs, where `.gitattributes` does not say `eol=lf`: {}",
            changed.join(", ")
        );
    }
    fs::remove_dir_all(&clone).context("the clone stays")?;
    Ok(format!("a clone with core.autocrlf has all {} files as they are", listed.lines().count()))
}

/// The files whose line ends are others in the folder than in git's index, of what `git ls-files --eol` says:
/// `i/lf    w/crlf  attr/text=auto    path`.
fn changed(listed: &str) -> Vec<&str> {
    let differs = |line: &&str| {
        let mut words = line.split_whitespace();
        let (Some(index), Some(folder)) = (words.next(), words.next()) else { return true };
        index.trim_start_matches("i/") != folder.trim_start_matches("w/")
    };
    listed.lines().filter(differs).map(|line| line.rsplit('\t').next().unwrap_or(line)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_with_other_line_ends_than_in_git_is_found() {
        let listed = "i/lf    w/lf    attr/text=auto eol=lf \tREADME.md\n\
                      i/lf    w/crlf  attr/                 \ttests/status-map.tsv\n\
                      i/-text w/-text attr/text=auto eol=lf \tdocs/a.png\n";
        assert_eq!(changed(listed), ["tests/status-map.tsv"]);
    }
}
