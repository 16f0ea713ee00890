//! What the guide, docs/prox.md, shows is right.

use std::fs;

const GUIDE: &str = include_str!("../../../../docs/prox.md");

#[test]
fn every_configuration_in_the_guide_is_accepted() {
    let blocks: Vec<&str> = GUIDE
        .split("```yaml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert!(blocks.len() >= 2, "{blocks:?}");
    for block in blocks {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(".env"), "A=1\n").unwrap();
        fs::create_dir_all(folder.path().join("services/api")).unwrap();
        let file = folder.path().join("prox.yaml");
        fs::write(&file, block).unwrap();
        if let Err(errors) = prox::config::load(&file) {
            panic!("{errors:?}\n{block}");
        }
    }
}

#[test]
fn every_exit_code_is_in_the_guide() {
    use prox::exit::Exit;
    for exit in Exit::ALL {
        let row = format!("\n| {} | {} |\n", exit.code(), exit.meaning());
        assert!(GUIDE.contains(&row), "{row}");
    }
}
