//! The layers, one on the other, as texts that nobody has judged yet. Knows which keys exist: those of the default file.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use toml::{Table, Value};

use super::mistake::{Layer, Mistake};
use super::secret;
use super::source::{PREFIX, Source};

/// The default file, with every key.
pub(super) const DEFAULT: &str = include_str!("../../config/default.toml");

/// One key's value and who set it.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    pub(super) value: Value,
    pub(super) layer: Layer,
}

/// Every known key (`section.key`) with its setting.
#[derive(Debug, Clone, Default)]
pub(super) struct RawConfig {
    settings: BTreeMap<String, Setting>,
}

impl RawConfig {
    /// Lays the layers over each other; what is no known key is a mistake and left out.
    pub(super) fn layered(source: &Source) -> (Self, Vec<Mistake>) {
        let mut raw = Self::default();
        let mut mistakes = Vec::new();
        match flattened(DEFAULT) {
            Ok(defaults) => raw
                .settings
                .extend(defaults.into_iter().map(|(key, value)| {
                    let layer = Layer::Default;
                    (key, Setting { value, layer })
                })),
            Err(why) => mistakes.push(unreadable(Path::new("default.toml"), &why)),
        }
        if let Some(path) = &source.file {
            match fs::read_to_string(path)
                .map_err(|e| e.to_string())
                .and_then(|text| flattened(&text))
            {
                Ok(values) => raw.lay_file(path, values, &mut mistakes),
                Err(why) => mistakes.push(unreadable(path, &why)),
            }
        }
        raw.lay_environment(&source.environment, &mut mistakes);
        (raw, mistakes)
    }

    /// The setting of a key of the default file.
    pub(super) fn get(&self, key: &str) -> Option<&Setting> {
        self.settings.get(key)
    }

    /// Every known key.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.settings.keys().map(String::as_str)
    }

    /// As a file for `--config`, each line with the layer that set it; secrets are masked.
    pub(super) fn to_toml(&self) -> String {
        let mut text = String::new();
        let mut open = "";
        for (key, setting) in &self.settings {
            let (section, name) = key.split_once('.').unwrap_or(("", key));
            if section != open {
                let gap = if open.is_empty() { "" } else { "\n" };
                text.push_str(&format!("{gap}[{section}]\n"));
                open = section;
            }
            let value = secret::masked(key, &setting.value);
            text.push_str(&format!("{name} = {value} # {}\n", setting.layer));
        }
        text
    }

    fn lay_file(&mut self, path: &Path, values: Vec<(String, Value)>, mistakes: &mut Vec<Mistake>) {
        for (key, value) in values {
            let layer = Layer::File(path.to_owned());
            match self.settings.get_mut(&key) {
                Some(setting) => *setting = Setting { value, layer },
                None => mistakes.push(Mistake {
                    allowed: unknown(self.nearest(&key)),
                    value: secret::masked(&key, &value),
                    key,
                    layer,
                }),
            }
        }
    }

    fn lay_environment(&mut self, variables: &[(String, String)], mistakes: &mut Vec<Mistake>) {
        let named: Vec<_> = variables
            .iter()
            .filter_map(|(name, text)| Some((name, name.strip_prefix(PREFIX)?, text)))
            .collect();
        for (name, rest, text) in named {
            let key = rest.replace("__", ".").to_ascii_lowercase();
            let layer = Layer::Environment(name.clone());
            match self.settings.get_mut(&key) {
                Some(setting) if *name == variable(&key) => {
                    let value = like(&setting.value, text);
                    *setting = Setting { value, layer };
                }
                _ => mistakes.push(Mistake {
                    allowed: unknown(self.nearest(&key).map(variable)),
                    value: secret::masked(&key, &Value::String(text.clone())),
                    key: name.clone(),
                    layer,
                }),
            }
        }
    }

    fn nearest(&self, unknown: &str) -> Option<&str> {
        let has_section = unknown.contains('.');
        let likeness = |known: &str| match known.split_once('.') {
            Some((_, name)) if !has_section => strsim::jaro_winkler(unknown, name),
            _ => strsim::jaro_winkler(unknown, known),
        };
        self.keys()
            .max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
    }
}

/// The variable that sets `key`.
fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.to_ascii_uppercase().replace('.', "__"))
}

fn unknown(nearest: Option<impl std::fmt::Display>) -> String {
    match nearest {
        Some(known) => format!("unknown key; the nearest known one is {known}"),
        None => "unknown key".to_owned(),
    }
}

fn unreadable(path: &Path, why: &str) -> Mistake {
    Mistake {
        key: "--config".to_owned(),
        value: path.display().to_string(),
        layer: Layer::CommandLine,
        allowed: format!("must be a TOML file that can be read: {}", why.trim_end()),
    }
}

/// `section.key` with its value, in order; what stands outside a section keeps its bare name and so is unknown.
fn flattened(text: &str) -> Result<Vec<(String, Value)>, String> {
    let table: Table = toml::from_str(text).map_err(|e| malformed(text, &e))?;
    let mut flat = Vec::new();
    for (section, value) in table {
        match value {
            Value::Table(keys) => flat.extend(
                keys.into_iter()
                    .map(|(key, value)| (format!("{section}.{key}"), value)),
            ),
            outside => flat.push((section, outside)),
        }
    }
    Ok(flat)
}

/// Without the line itself, which may hold a secret.
fn malformed(text: &str, error: &toml::de::Error) -> String {
    let start = error.span().map_or(0, |span| span.start);
    let line = text.bytes().take(start).filter(|&b| b == b'\n').count() + 1;
    format!("line {line}: {}", error.message())
}

/// A variable's text as the type that the key's default has; what does not fit stays text, for the check to refuse.
fn like(default: &Value, text: &str) -> Value {
    let typed = match default {
        Value::Integer(_) => text.trim().parse().ok().map(Value::Integer),
        Value::Boolean(_) => text.trim().parse().ok().map(Value::Boolean),
        Value::Array(_) => Some(Value::Array(
            text.split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(|item| Value::String(item.to_owned()))
                .collect(),
        )),
        _ => None,
    };
    typed.unwrap_or_else(|| Value::String(text.to_owned()))
}
