//! Reads `app.manifest.json`: what an app is, how it opens, and which permissions it requests. Does
//! not fetch the app.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::check::Checker;
use super::json;
use super::problem::{self, ConfigErrors, Problems};
use super::schema;
use super::yaml::Node;

/// The name of the file.
pub const FILE_NAME: &str = "app.manifest.json";

/// The validated manifest of an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// Version of the format: 1.
    pub schema_version: u32,
    /// Id of the app, a slug.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Description in one sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Icon: an emoji, or the path of a picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// Path of the app's first file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// URL of the published app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// URL of the app during development.
    pub dev_url: String,
    /// Integration mode: `embed`, `tab` or `card`.
    pub mode: String,
    /// Requested permissions.
    pub permissions: Vec<Permission>,
    /// Tags for search.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// A permission that an app requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permission {
    /// Name, such as `space:read`.
    pub name: String,
    /// Reason, for the person who grants it.
    pub reason: String,
}

/// The meaning of a permission, for people.
pub fn meaning(permission: &str) -> &'static str {
    match permission {
        "space:read" => "read the title and the items of the space that it is in",
        "data:read" => "query the datasets of the space that its user may see",
        "windows:open" => "open other apps in windows",
        "ai:use" => "hand what it may read to the space's AI actions",
        _ => "",
    }
}

/// Reads a manifest.
///
/// # Errors
/// All mistakes in it.
pub fn load(path: &Path) -> Result<Manifest, ConfigErrors> {
    let mut problems = Problems::default();
    match read(path, &mut problems) {
        Some(manifest) => problems.or_errors(manifest),
        None => Err(problems.into_errors()),
    }
}

fn read(path: &Path, problems: &mut Problems) -> Option<Manifest> {
    let source = problem::read(path, problems)?;
    let before = problems.count();
    let mut root = json::parse(&source, problems)?;
    Checker::new(&source, None, problems).root(&mut root, &schema::MANIFEST);
    let mut asked = Vec::new();
    for permission in root.get("permissions").map(Node::items).unwrap_or_default() {
        let Some(name) = permission.get("name") else {
            continue;
        };
        if asked.contains(&name.text()) {
            let found = problem::at(&source, name.span.clone(), "this permission is here twice");
            problems.add(found);
        }
        asked.push(name.text());
    }
    if problems.count() > before {
        return None;
    }
    match serde_json::from_str(&source.text) {
        Ok(manifest) => Some(manifest),
        Err(error) => {
            problems.add(json::fault(&source, &error));
            None
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn mistakes(text: &str) -> Vec<String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(FILE_NAME);
        std::fs::write(&path, text).unwrap();
        let errors = load(&path).map(|_| ()).unwrap_err();
        errors
            .problems
            .iter()
            .map(|problem| {
                let (line, column) = problem.position().unwrap_or_default();
                format!("{line}:{column} {}", problem.message)
            })
            .collect()
    }

    const RIGHT: &str = r#"{"schemaVersion": 1, "id": "notes", "name": "Notes $5", "devUrl": "http://localhost:5173/",
"mode": "embed", "permissions": [{"name": "data:read", "reason": "Shows your rows."}], "tags": ["a"]}"#;

    #[test]
    fn a_right_manifest_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(FILE_NAME);
        std::fs::write(&path, RIGHT).unwrap();
        let manifest = load(&path).unwrap();
        assert_eq!(manifest.name, "Notes $5");
        assert_eq!(manifest.permissions.len(), 1);
        for permission in schema::PERMISSIONS {
            assert_ne!(meaning(permission), "", "{permission}");
        }
    }

    #[test]
    fn whatever_is_json_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(FILE_NAME);
        let text = RIGHT
            .replace("Notes $5", r"\ud83d\ude00 \/ \u00fc\\")
            .replace(": ", "\t:\t")
            .replace("{\"schema", "\n{\n\t\t\"schema")
            .replace(", ", "\t,\r\n\t");
        std::fs::write(&path, &text).unwrap();
        assert_eq!(load(&path).unwrap().name, "😀 / ü\\", "{text}");
    }

    /// The publisher of an app writes these texts, and terminals show them.
    #[test]
    fn texts_with_control_characters_are_reported() {
        let text = RIGHT
            .replace("Notes $5", r"No\u001b[31mtes")
            .replace("Shows", r"a\nShows")
            .replace("\"a\"", r#""\u009b2J""#);
        assert_eq!(
            mistakes(&text),
            [
                "1:45 `name` cannot be \"No\\u{1b}[31mtes\": it has to be words in one line",
                "2:66 `reason` cannot be \"a\\nShows your rows.\": it has to be words in one line",
                "2:100 `tags` cannot be \"\\u{9b}2J\": it has to be a text in one line",
            ]
        );
    }

    #[test]
    fn mistakes_that_json_allows_are_reported_at_their_position() {
        for (old, new, expected) in [
            (
                "notes",
                r"\ud83dx",
                "1:28 this text has an escape that is not a character",
            ),
            (
                "\"tags\"",
                "\"id\": \"b\", \"tags\"",
                "2:88 the key \"id\" is here twice",
            ),
            (
                "\"Notes $5\"",
                "5",
                "1:45 invalid type: integer `5`, expected a string",
            ),
            (
                "[\"a\"]",
                &"[".repeat(40),
                "2:136 this is not JSON: expected value",
            ),
            (
                "[\"a\"]",
                &format!("{}{}", "[".repeat(40), "]".repeat(40)),
                "2:128 this lies more than 32 levels deep",
            ),
        ] {
            assert_eq!(mistakes(&RIGHT.replace(old, new)), [expected], "{new}");
        }
    }

    #[test]
    fn all_mistakes_are_reported() {
        assert_eq!(
            mistakes(
                "{\"schemaVersion\": 2,\n \"id\": \"My App\", \"nmae\": \"x\",\n \"permissions\": [{\"name\": \"data\"}]}"
            ),
            [
                "1:1 an app's manifest needs `name`",
                "1:1 an app's manifest needs `devUrl`",
                "1:1 an app's manifest needs `mode`",
                "1:19 `schemaVersion` cannot be \"2\": it has to be a whole number from 1 to 1",
                "2:8 `id` cannot be \"My App\": it has to be small letters, digits and inner hyphens",
                "2:18 an app's manifest has no key \"nmae\"",
                "3:18 a permission needs `reason`",
                "3:27 `name` cannot be \"data\": it has to be one of `space:read`, `data:read`, `windows:open`, `ai:use`",
            ]
        );
        assert_eq!(
            mistakes("{\n \"id\": x}"),
            ["2:8 this is not JSON: expected value"]
        );
        assert_eq!(mistakes("id: x"), ["1:1 this is not JSON: expected value"]);
    }
}
