//! The shapes of good, bad and ambiguous responses.

use super::*;

fn of(text: &str) -> Meaning {
    meaning(&Json::parse(text.as_bytes()).unwrap_or_else(|| panic!("{text}")), false)
}

#[test]
fn the_form_of_a_response() {
    let names = |n: usize| (0..n).map(|i| format!("\"name{i:02}\":1")).collect::<Vec<_>>().join(",");
    let long = shape(&Json::parse(format!("{{{}}}", names(60)).as_bytes()).unwrap());
    assert_eq!(long.len(), 256);
    // The limit counts bytes, so that the work is limited, too; a value is begun up to the last of them.
    for (name, value) in [("é".repeat(127), "0"), ("é".repeat(128), "")] {
        let text = format!("{{\"{name}\":1,\"{name}\":1}}");
        let form = format!("{{{name}:{value},{name}:,}}");
        assert_eq!(shape(&Json::parse(text.as_bytes()).unwrap()), form.chars().take(256).collect::<String>());
    }
    for (text, form) in [
        ("null", "null"),
        ("[true,1]", "[true]"),
        ("false", "false"),
        ("[]", "[]"),
        (r#"[[[1]]]"#, "[[[]]]"),
        (r#"[[[[1]]]]"#, "[[[]]]"),
        (r#"[[{"a":1}]]"#, "[[{}]]"),
        (r#"{"b":7,"a":"x"}"#, "{a:\",b:0,}"),
        (r#"{"a":{"b":{"c":1}}}"#, "{a:{b:{},},}"),
        // Words, but no ids and numbers.
        (r#"{"detail":"4 users of 17","other":"4 users"}"#, "{detail:usersof,other:\",}"),
        (r#"{"message":"m1","status":"s2","result":"r3"}"#, "{message:m,result:r,status:s,}"),
    ] {
        assert_eq!(shape(&Json::parse(text.as_bytes()).unwrap()), form, "{text}");
    }
}

#[test]
fn good_shapes() {
    for text in [r#"{"status":"ok"}"#, r#"{"status":"OK"}"#, r#"{ "Status" : "Ok" }"#] {
        assert_eq!(of(text), Meaning::Documented, "{text}");
    }
    for text in [
        "{}",
        "[]",
        "null",
        "true",
        "\"ok\"",
        "\"OK\"",
        "\"Success\"",
        "\"200 OK\"",
        "[1,2,3]",
        "[true]",
        "[{\"id\":1}]",
        r#"{"detail":"ok"}"#,
        r#"{"detail":"Not found."}"#,
        r#"{"detail":["x"]}"#,
        r#"{"message":"4 users updated"}"#,
        r#"{"updated":4}"#,
        r#"{"updated":0}"#,
        r#"{"status":"success"}"#,
        r#"{"status":200}"#,
        r#"{"status":"200"}"#,
        r#"{"status":true}"#,
        r#"{"status":null}"#,
        r#"{"status":""}"#,
        r#"{"status":{"code":200}}"#,
        r#"{"result":"done"}"#,
        r#"{"result":"4 users updated"}"#,
        r#"{"result":4}"#,
        r#"{"result":{"updated":4}}"#,
        r#"{"ok":true}"#,
        r#"{"ok":1}"#,
        r#"{"success":"true"}"#,
        r#"{"success":4,"failed":0}"#,
        r#"{"success":[1,2],"failed":[],"invalid":{}}"#,
        r#"{"error":null,"errors":[],"detail":""}"#,
        r#"{"error":false}"#,
        r#"{"error":""}"#,
        r#"{"error":"0","errors":"none","error_code":0}"#,
        r#"{"errors":{"ids":[],"value":[]}}"#,
        r#"{"errors":[[],{},null]}"#,
        r#"{"failed":"0","invalid":false}"#,
        r#"{"updated":4,"failed_count":0,"not_found":[],"unprocessed":{}}"#,
        r#"{"code":0}"#,
        r#"{"code":1000}"#,
        r#"{"users":[{"id":1,"error":null,"status":"visitor"}]}"#,
        r#"{"user":{"attributes":[{"deep":{"error":"a user's own text"}}]}}"#,
    ] {
        assert_eq!(of(text), Meaning::Plausible, "{text}");
    }
}

#[test]
fn clear_failures() {
    for text in [
        r#"{"error":"x"}"#,
        r#"{"Error":"x"}"#,
        r#"{"ERRORS":["x"]}"#,
        r#"{"error":true}"#,
        r#"{"error":5}"#,
        r#"{"error":{"code":1}}"#,
        r#"{"error_message":"x"}"#,
        r#"{"hasErrors":true}"#,
        r#"{"errors":{"value":["x"]}}"#,
        r#"{"status":"ok","errors":["x"]}"#,
        r#"{"errors":["x"],"status":"ok"}"#,
        r#"{"status":"error","status":"ok"}"#,
        r#"{"status":"ok","status":"error"}"#,
        r#"{"success":false,"success":true}"#,
        r#"{"data":{"error":"x"}}"#,
        r#"{"data":{"success":false}}"#,
        r#"{"data":[{"error":"x"}]}"#,
        r#"[{"id":1},{"error":"x"}]"#,
        r#"[[{"status":"failed"}]]"#,
        r#"[{"result":{"ok":false}}]"#,
        r#"{"ok":false}"#,
        r#"{"ok":0}"#,
        r#"{"ok":"false"}"#,
        r#"{"ok":"0"}"#,
        r#"{"success":false}"#,
        r#"{"success":"False"}"#,
        r#"{"success":"no"}"#,
        r#"{"Success":0}"#,
        r#"{"is_success":false}"#,
        r#"{"status":"error"}"#,
        r#"{"status":" FAILED "}"#,
        r#"{"status":"fail","data":null}"#,
        r#"{"status":"validation_error"}"#,
        r#"{"status":"400 Bad Request"}"#,
        r#"{"status":"not_found"}"#,
        r#"{"status":false}"#,
        r#"{"status":400}"#,
        r#"{"status":"422"}"#,
        r#"{"status":500.0}"#,
        r#"{"result":"failure"}"#,
        r#"{"result":404}"#,
        r#"{"code":400}"#,
        r#"{"status_code":"500"}"#,
        r#"{"failed":[7]}"#,
        r#"{"failed":1}"#,
        r#"{"failed":"3"}"#,
        r#"{"invalid":["7"]}"#,
        r#"{"invalid_ids":[7],"updated":3}"#,
        r#"{"failed":{"7":"gone"}}"#,
        r#"{"updated":3,"failed_count":1}"#,
        r#"{"errorCount":"2"}"#,
        r#"{"updated":3,"not_found":[7]}"#,
        r#"{"status":"ok","notFoundIds":["7"]}"#,
        r#"{"unprocessed":[7],"not_updated":[]}"#,
    ] {
        assert_eq!(of(text), Meaning::Failure, "{text}");
    }
}

#[test]
fn what_proves_nothing() {
    for text in [
        "false",
        "0",
        "1",
        "200",
        "\"\"",
        "\"error\"",
        "\"maybe\"",
        "\"no users updated\"",
        r#"{"status":"partial"}"#,
        r#"{"status":"pending"}"#,
        r#"{"status":"not ok, 0 errors"}"#,
        r#"{"status":"ok","status":"strange"}"#,
        r#"{"status":"…"}"#,
        r#"{"status":0}"#,
        r#"{"status":-1}"#,
        r#"{"status":302}"#,
    ] {
        assert_eq!(of(text), Meaning::Ambiguous, "{text}");
    }
    let pending = Json::parse(br#"{"status":"in_progress"}"#).unwrap();
    assert_eq!(meaning(&pending, true), Meaning::Plausible);
}

#[test]
fn counts() {
    let count = |text: &str| count(&Json::parse(text.as_bytes()).unwrap());
    for (text, want) in [
        (r#"{"updated":4}"#, Some(4)),
        (r#"{"Updated":"4"}"#, Some(4)),
        (r#"{"updated_count":0}"#, Some(0)),
        (r#"{"updated":[1,2]}"#, Some(2)),
        (r#"{"data":{"affected":3}}"#, Some(3)),
        (r#"{"a":1,"count":2}"#, Some(2)),
        (r#"{"count":-1}"#, None),
        (r#"{"count":1.5}"#, None),
        (r#"{"count":true}"#, None),
        (r#"{"updated":"2026-11-25"}"#, None),
        ("[4]", None),
        ("4", None),
    ] {
        assert_eq!(count(text), want, "{text}");
    }
}

#[test]
fn forms() {
    let shape = |text: &str| shape(&Json::parse(text.as_bytes()).unwrap());
    assert_eq!(shape(r#"{"b":"x","a":1}"#), shape(r#"{"a":2,"b":"y"}"#));
    assert_eq!(shape(r#"{"detail":"user 7 updated"}"#), shape(r#"{"detail":"user 123 updated"}"#));
    assert_ne!(shape(r#"{"detail":"ok"}"#), shape(r#"{"detail":"Not found."}"#));
    assert_ne!(shape("{}"), shape("[]"));
    assert_ne!(shape(r#"{"a":[]}"#), shape(r#"{"a":[1]}"#));
    assert!(shape(&format!("{{\"{}\":1}}", "ł".repeat(1000))).chars().count() <= 256);
}

mod hidden {
    //! A sign of a failure among harmless fields, wherever it is and however its name is written.

    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    fn object(fields: &[String]) -> String {
        format!("{{{}}}", fields.join(","))
    }

    fn harmless() -> impl Strategy<Value = String> {
        select(vec![
            r#""status":"ok""#,
            r#""success":true"#,
            r#""ok":1"#,
            r#""updated":1000"#,
            r#""errors":[]"#,
            r#""error":null"#,
            r#""failed":0"#,
            r#""code":200"#,
            r#""detail":"done""#,
            r#""data":{"id":1}"#,
            r#""ids":[1,2,3]"#,
        ])
        .prop_map(str::to_owned)
    }

    /// A name in some case, with separators in it.
    fn written(names: &'static [&'static str]) -> impl Strategy<Value = String> {
        (select(names), vec(any::<(bool, bool)>(), 20)).prop_map(|(name, how)| {
            let letters = name.chars().zip(how.into_iter().cycle());
            letters
                .flat_map(|(letter, (upper, gap))| {
                    let letter = if upper { letter.to_ascii_uppercase() } else { letter };
                    std::iter::once(letter).chain(gap.then_some('_'))
                })
                .collect()
        })
    }

    fn sign() -> impl Strategy<Value = String> {
        let something =
            select(vec!["true", "1", "\"x\"", "[\"x\"]", "{\"7\":\"no such user\"}", "[{\"id\":7}]"]);
        let word = select(&BAD_WORDS).prop_map(|word| format!("\"{word}\""));
        let number = (400u16..600).prop_map(|number| number.to_string());
        let no = select(vec!["false", "0", "\"false\"", "\"0\"", "\"no\""]).prop_map(str::to_owned);
        let text = |value: &str| value.to_owned();
        prop_oneof![
            (written(&ERRORS), something.clone().prop_map(text)),
            (written(&FAILED), something.prop_map(text)),
            (written(&SUCCESS), no),
            (written(&STATUS), prop_oneof![word, number.clone()]),
            (written(&CODE), number),
        ]
        .prop_map(|(name, value)| format!("\"{name}\":{value}"))
    }

    proptest! {
        #[test]
        fn a_failure_is_found_wherever_it_is(around in vec(harmless(), 0..5), sign in sign(), at in any::<prop::sample::Index>(), place in 0..4) {
            let mut fields = around.clone();
            fields.insert(at.index(around.len() + 1), sign);
            let here = object(&fields);
            let mut outer = around;
            outer.push(format!("\"result\":{here}"));
            let body = match place {
                0 => here,
                1 => format!("[{{\"status\":\"ok\"}},{here}]"),
                2 => object(&outer),
                _ => format!("[{}]", object(&outer)),
            };
            prop_assert_eq!(of(&body), Meaning::Failure, "{}", body);
        }

        #[test]
        fn no_failure_is_seen_where_there_is_none(around in vec(harmless(), 0..8)) {
            prop_assert!(matches!(of(&object(&around)), Meaning::Plausible | Meaning::Documented));
        }
    }
}
