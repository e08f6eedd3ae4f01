//! Links into the window: `skillmeat://deploy?artifact=ID&project=FOLDER&profile=ID`.
//!
//! | key | what |
//! |---|---|
//! | `artifact` or `set` | what to deploy: an artifact's id, a set's name or id; one of the two |
//! | `collection` | where that is, when several collections have it |
//! | `project` | absolute path of the project's folder |
//! | `profile` | id of the profile |
//!
//! Any page of the web can hold such a link, so all that it does is to open the dialog with the plan, as a person
//! would: whatever is written is confirmed there. What is not exactly of this form is refused as a whole. Pure.

use super::Open;
use skillmeat_engine::engine::SetRef;
use skillmeat_engine::id::ArtifactRef;
use tauri::Url;

/// What a link begins with.
pub(super) const SCHEME: &str = "skillmeat";

/// Longer links are refused, in bytes; a path may have 4096.
const MAX_LINK: usize = 8192;

/// Longer names are refused, in characters.
const MOST_NAME: usize = 256;

#[derive(Default)]
struct Keys {
    artifact: Option<String>,
    set: Option<String>,
    collection: Option<String>,
    project: Option<String>,
    profile: Option<String>,
}

/// What a link asks for, or why it is refused.
pub(super) fn parse(text: &str) -> Result<Open, String> {
    if text.len() > MAX_LINK {
        return Err("it is too long".to_owned());
    }
    // Before it is parsed: the parser leaves some of them out.
    if text.chars().any(|letter| letter.is_control() || letter.is_whitespace()) {
        return Err("it contains a blank or control character".to_owned());
    }
    let url = Url::parse(text).map_err(|_| "it is no complete link".to_owned())?;
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.port().is_none()
        && url.fragment().is_none()
        && matches!(url.path(), "" | "/");
    if url.scheme() != SCHEME || url.host_str() != Some("deploy") || !plain {
        return Err("links begin with skillmeat://deploy?".to_owned());
    }
    let keys = keys(&url)?;
    let artifacts =
        keys.artifact.map(|artifact_id| ArtifactRef { artifact_id, collection: keys.collection.clone() });
    let set = keys.set.map(|name| SetRef { name, collection: keys.collection });
    if artifacts.is_some() == set.is_some() {
        return Err("a link names one artifact or one set".to_owned());
    }
    Ok(Open::Plan {
        artifacts: artifacts.into_iter().collect(),
        set,
        projects: keys.project.as_deref().map(folder).transpose()?.into_iter().collect(),
        profiles: keys.profile.into_iter().collect(),
    })
}

fn keys(url: &Url) -> Result<Keys, String> {
    let mut keys = Keys::default();
    for (key, value) in url.query_pairs() {
        let slot = match &*key {
            "artifact" => &mut keys.artifact,
            "set" => &mut keys.set,
            "collection" => &mut keys.collection,
            "project" => &mut keys.project,
            "profile" => &mut keys.profile,
            _ => {
                return Err(
                    "it holds something else than artifact, set, collection, project and profile".to_owned()
                );
            }
        };
        if slot.is_some() {
            return Err(format!("it says “{key}” twice"));
        }
        let most = if key == "project" { MAX_LINK } else { MOST_NAME };
        if let Some(reason) = refusal(&value, most) {
            return Err(format!("“{key}” {reason}"));
        }
        *slot = Some(value.into_owned());
    }
    Ok(keys)
}

/// Why a value is not taken.
fn refusal(value: &str, most: usize) -> Option<&'static str> {
    if value.trim().is_empty() {
        Some("is empty")
    } else if value.chars().count() > most {
        Some("is too long")
    } else if value.chars().any(|letter| letter.is_control() || is_turning(letter)) {
        Some("contains a control character")
    } else if value.contains('\u{fffd}') {
        Some("is not valid UTF-8")
    } else {
        None
    }
}

/// Whether a character changes the direction of the text around it, so that a path reads as another one.
fn is_turning(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// An absolute path, spelled out. No share of another computer: looking at one can tell it who is looking.
fn folder(text: &str) -> Result<String, String> {
    let drive = matches!(text.as_bytes(), [letter, b':', b'/' | b'\\', ..] if letter.is_ascii_alphabetic());
    let rooted = text.starts_with('/') || (cfg!(windows) && drive);
    let separators: &[char] = if cfg!(windows) { &['/', '\\'] } else { &['/'] };
    if !rooted || text.starts_with("//") {
        return Err("“project” is no absolute path".to_owned());
    }
    if text.split(separators).any(|part| matches!(part, "." | "..")) {
        return Err("“project” is not spelled out: it contains . or ..".to_owned());
    }
    match text.trim_end_matches(separators) {
        "" => Ok("/".to_owned()),
        path => Ok(path.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(query: &str) -> Result<Open, String> {
        parse(&format!("skillmeat://deploy?{query}"))
    }

    #[test]
    fn a_link_opens_a_plan_and_nothing_else() {
        let artifact =
            ArtifactRef { artifact_id: "agent:pm/prd".to_owned(), collection: Some("work".to_owned()) };
        let want = Open::Plan {
            artifacts: vec![artifact],
            set: None,
            projects: vec!["/home/ada/a b+c".to_owned()],
            profiles: vec!["codex".to_owned()],
        };
        let query = "artifact=agent%3Apm/prd&collection=work&project=/home/ada/a%20b%2Bc/&profile=codex";
        assert_eq!(parsed(query).unwrap(), want);
        assert_eq!(parse(&format!("SkillMeat://deploy/?{query}")).unwrap(), want);
        let set = SetRef { name: "Web: é".to_owned(), collection: None };
        let want = Open::Plan { artifacts: vec![], set: Some(set), projects: vec![], profiles: vec![] };
        assert_eq!(parsed("set=Web:+%C3%A9").unwrap(), want);
    }

    #[test]
    fn other_places_than_deploy_are_refused() {
        for link in [
            "",
            "skillmeat:",
            "skillmeat://",
            "skillmeat:deploy?set=x",
            "skillmeat:/deploy?set=x",
            "skillmeat:///deploy?set=x",
            "skillmeat://undeploy?set=x",
            "skillmeat://DEPLOY?set=x",
            "skillmeat://deploy.example.org?set=x",
            "skillmeat://deploy:80?set=x",
            "skillmeat://a@deploy?set=x",
            "skillmeat://a:b@deploy?set=x",
            "skillmeat://deploy/now?set=x",
            "skillmeat://x/../deploy?set=x",
            "skillmeat://deploy?set=x#y",
            "skillmeat://dep\nloy?set=x",
            " skillmeat://deploy?set=x",
            "skillmeat://deploy?set=x\t",
            "https://deploy?set=x",
        ] {
            assert!(parse(link).is_err(), "{link:?}");
        }
    }

    #[test]
    fn unknown_and_doubled_keys_are_refused() {
        for query in [
            "",
            "project=/p",
            "profile=codex",
            "artifact=skill:x&set=y",
            "artifact=skill:x&artifact=skill:y",
            "set=x&set=x",
            "set=x&project=/a&project=/b",
            "set=x&on_conflict=overwrite",
            "set=x&Project=/a",
            "set=x&dest=..",
            "set=x&confirm=1",
            "set=x&=y",
            "set=x&projects[]=/a",
        ] {
            assert!(parsed(query).is_err(), "{query}");
        }
    }

    #[test]
    fn strange_values_are_refused() {
        let long = format!("set={}", "a".repeat(MOST_NAME + 1));
        let longest = format!("set=x&project=/{}", "a".repeat(MAX_LINK));
        for query in [
            "artifact=",
            "artifact",
            "set=%20",
            "set=a%00b",
            "set=a%0Ab",
            "set=a%1B[31m",
            "set=%FF",
            "set=x&profile=a%7Fb",
            "set=x&project=/a%E2%80%AEgpj",
            "set=x&project=web",
            "set=x&project=./web",
            "set=x&project=~/web",
            "set=x&project=%2e%2e/web",
            "set=x&project=/a/../etc",
            "set=x&project=/a/./b",
            "set=x&project=/..",
            "set=x&project=//server/share",
            "set=x&project=%5C%5Cserver%5Cshare",
            "set=x&project=file:///a",
            "set=x&project=/a%00",
            &long,
            &longest,
        ] {
            assert!(parsed(query).is_err(), "{query}");
        }
    }
}
