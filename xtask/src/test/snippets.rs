//! The JavaScript and TypeScript in the Markdown files for users, extracted for `tests/types/tsconfig.snippets.json`.

use std::fs;

use anyhow::{Result, ensure};

use crate::project::Project;

/// Writes each code block to a file of its own, named after its Markdown file and line.
pub(super) fn extract(project: &Project) -> Result<()> {
    let folder = project.work_dir("snippets")?;
    fs::remove_dir_all(&folder)?;
    fs::create_dir(&folder)?;
    let mut files = vec!["README.md".into(), "pkg/README.md".into()];
    files.extend(project.files("docs", |name| name.ends_with(".md"))?);
    for file in files {
        let name = file.strip_prefix(project.root()).unwrap_or(&file).display().to_string().replace('/', "-");
        let text = fs::read_to_string(&file)?;
        let mut block: Option<(usize, String)> = None;
        let mut found = 0;
        for (number, line) in text.lines().enumerate() {
            let line = line.trim_start();
            match &mut block {
                None if line == "```js" || line == "```ts" => block = Some((number + 2, String::new())),
                None => {}
                Some((_, code)) if line != "```" => *code += &format!("{line}\n"),
                Some((first, code)) => {
                    // Each is a module, so that they may declare the same names.
                    let target = folder.join(format!("{name}-{first}.ts"));
                    fs::write(target, format!("{code}export {{}};\n"))?;
                    found += 1;
                    block = None;
                }
            }
        }
        ensure!(found > 0, "{} has no JavaScript", file.display());
    }
    Ok(())
}
