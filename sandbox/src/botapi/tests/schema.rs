//! Telegram's schema of the Bot API, and as much of JSON Schema as it uses.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::{Map, Value, json};

/// Fields that Telegram sends and does not document.
const UNDOCUMENTED: [&str; 2] = ["all_members_are_administrators", "accepted_gift_types"];

pub struct Schemas {
    defs: Map<String, Value>,
    /// The names of methods, by their lower-case form.
    methods: BTreeMap<String, String>,
}

static KNOWN: LazyLock<Schemas> = LazyLock::new(|| {
    let mut text: Value = serde_json::from_str(include_str!("../../../schemas/bot-api-10.3.json")).unwrap();
    let Value::Object(defs) = text["$defs"].take() else { panic!("no $defs") };
    let methods = defs.keys().filter_map(|key| key.strip_prefix("ok:"));
    let methods = methods.map(|name| (name.to_ascii_lowercase(), name.to_owned())).collect();
    Schemas { defs, methods }
});

impl Schemas {
    pub fn known() -> &'static Self {
        &KNOWN
    }

    /// The names of all methods.
    pub fn methods(&self) -> BTreeSet<String> {
        self.methods.values().cloned().collect()
    }

    /// Whether a method (in any case) has a parameter.
    pub fn takes(&self, method: &str, parameter: &str) -> bool {
        let name = &self.methods[&method.to_ascii_lowercase()];
        self.defs[&format!("params:{name}")]["properties"].get(parameter).is_some()
    }

    /// What is wrong with an answer to a method (in any case); methods that Telegram has not may only fail.
    pub fn faults_of_answer(&self, method: &str, body: &Value) -> Vec<String> {
        let method = self.methods.get(&method.to_ascii_lowercase());
        let name = match method {
            Some(method) if body["ok"] == true => format!("ok:{method}"),
            _ => "error".to_owned(),
        };
        self.faults_of(&name, body)
    }

    pub fn faults_of(&self, name: &str, value: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        self.check(&self.defs[name], value, "", &mut faults);
        faults
    }

    fn check(&self, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
        let fits = |fits: bool, what: String| if fits { None } else { Some(format!("{at}: {value} {what}")) };
        for (keyword, wanted) in schema.as_object().unwrap() {
            let fault = match keyword.as_str() {
                "$ref" => {
                    let name = wanted.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                    self.check(&self.defs[name], value, at, faults);
                    None
                }
                "type" => fits(is_of_type(value, wanted.as_str().unwrap()), format!("is no {wanted}")),
                "const" => fits(value == wanted, format!("is not {wanted}")),
                "minLength" => fits(length(value) >= wanted.as_u64(), format!("is shorter than {wanted}")),
                "maxLength" => fits(length(value) <= wanted.as_u64(), format!("is longer than {wanted}")),
                "required" => missing(wanted, value).map(|name| format!("{at}: lacks {name}")),
                "additionalProperties" => {
                    assert_eq!(wanted, false);
                    unknown(schema, value).map(|name| format!("{at}: has an unknown {name}"))
                }
                "properties" => {
                    for (name, inner) in value.as_object().into_iter().flatten() {
                        if let Some(schema) = wanted.get(name) {
                            self.check(schema, inner, &format!("{at}.{name}"), faults);
                        }
                    }
                    None
                }
                "items" => {
                    for (index, inner) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(wanted, inner, &format!("{at}[{index}]"), faults);
                    }
                    None
                }
                "anyOf" => {
                    faults.extend(self.nearest(wanted, value, at));
                    None
                }
                other => panic!("{other} is not a keyword this reader knows"),
            };
            faults.extend(fault);
        }
    }

    /// The faults against the alternative that fits best.
    fn nearest(&self, alternatives: &Value, value: &Value, at: &str) -> Vec<String> {
        let each = alternatives.as_array().unwrap().iter().map(|schema| {
            let mut faults = Vec::new();
            self.check(schema, value, at, &mut faults);
            faults
        });
        each.min_by_key(Vec::len).unwrap()
    }
}

fn missing<'a>(wanted: &'a Value, value: &Value) -> Option<&'a str> {
    let names = wanted.as_array().unwrap().iter().map(|name| name.as_str().unwrap());
    let fields = value.as_object()?;
    names.into_iter().find(|name| !fields.contains_key(*name))
}

fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        other => panic!("{other} is not a type this reader knows"),
    }
}

fn length(value: &Value) -> Option<u64> {
    value.as_str().map(|text| text.chars().count() as u64)
}

fn unknown<'a>(schema: &Value, value: &'a Value) -> Option<&'a String> {
    let known = |name: &str| schema["properties"].get(name).is_some() || UNDOCUMENTED.contains(&name);
    value.as_object()?.keys().find(|name| !known(name))
}

#[test]
fn the_reader_finds_what_is_wrong() {
    let user = |extra: Value| {
        let mut user = json!({ "id": 7, "is_bot": false, "first_name": "Ely" });
        user.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        json!({ "ok": true, "result": user })
    };
    let schemas = Schemas::known();
    assert!(schemas.faults_of_answer("GETME", &user(json!({}))).is_empty());
    let faults = |extra: Value| schemas.faults_of_answer("getMe", &user(extra));
    assert_eq!(faults(json!({ "id": "7" })), [".result.id: \"7\" is no \"integer\""]);
    assert_eq!(faults(json!({ "surname": "x" })), [".result: has an unknown surname"]);
    assert_eq!(faults(json!({ "username": null })), [".result.username: null is no \"string\""]);
    assert_eq!(faults(json!({ "is_premium": false })), [".result.is_premium: false is not true"]);
    let bare = json!({ "ok": true, "result": { "id": 7, "is_bot": false } });
    assert_eq!(schemas.faults_of_answer("getMe", &bare), [".result: lacks first_name"]);
    let long = json!({ "text": "x", "callback_data": "x".repeat(65) });
    assert_eq!(schemas.faults_of("InlineKeyboardButton", &long).len(), 1);
    let member = json!({ "status": "left", "user": { "id": 7, "is_bot": false } });
    assert_eq!(schemas.faults_of("ChatMember", &member), [".user: lacks first_name"]);
    assert_eq!(schemas.faults_of_answer("getMe", &json!({ "ok": false, "error_code": 400 })).len(), 1);
}
