//! The file of users: types, custom ids, and what is said where it is wrong.
use super::*;
use usercom::sandbox::{Entry, Kind};

#[test]
fn columns_have_the_type_that_all_their_cells_share() {
    let file = File::new(
        "types.csv",
        "\u{feff}id,email,vip,score,rate,last_order,joined_at,zip,tags,extra,empty,mixed\n\
         7,a@x.pl,TRUE,5,1,2026-01-02,2026-01-02T03:04:05Z,007,\"[\"\"a\"\"]\",\"{\"\"k\"\": 1}\",,1\n\
         3,\"b, \"\"c\"\"\",false,-6,0.10,,2026-01-02T03:04:05Z,123,\"[\"\"b\"\"]\",[],,x\n",
    );
    let sandbox = start(file.options());
    let expected = [
        ("email", Kind::String, r#""a@x.pl""#, Some(r#""b, \"c\"""#)),
        ("vip", Kind::Boolean, "true", Some("false")),
        ("score", Kind::Integer, "5", Some("-6")),
        ("rate", Kind::Float, "1", Some("0.10")),
        ("last_order", Kind::Date, r#""2026-01-02""#, None),
        ("joined_at", Kind::Datetime, r#""2026-01-02T03:04:05Z""#, Some(r#""2026-01-02T03:04:05Z""#)),
        ("zip", Kind::String, r#""007""#, Some(r#""123""#)),
        ("tags", Kind::Fixed, r#"["a"]"#, Some(r#"["b"]"#)),
        ("extra", Kind::Json, r#"{"k": 1}"#, Some("[]")),
        ("mixed", Kind::String, r#""1""#, Some(r#""x""#)),
    ];
    for (name, kind, of_seven, of_three) in expected {
        assert_eq!(sandbox.kind(name), Some(kind), "{name}");
        assert_eq!(sandbox.value(7, name).as_deref(), Some(of_seven), "{name}");
        assert_eq!(sandbox.value(3, name).as_deref(), of_three, "{name}");
    }
    assert_eq!(sandbox.kind("empty"), Some(Kind::String));
    assert_eq!((sandbox.users(), sandbox.kind("id")), (2, None));
}

#[test]
fn the_ledger_tells_what_the_file_brought_from_what_was_set() {
    let file = File::new("ledger.csv", "id,plan\n30,free\n4,\n5,pro\n");
    let sandbox = start(file.options());
    set(&sandbox, "[5, 4]", "plan", r#""pro""#);
    set(&sandbox, "[5]", "plan", r#""pro""#);
    let entry = |id, value: &str, applied| Entry { id, value: value.into(), applied };
    let expected = [entry(4, r#""pro""#, 1), entry(5, r#""pro""#, 2), entry(30, r#""free""#, 0)];
    assert_eq!(sandbox.ledger("plan"), expected);
    assert_eq!(sandbox.ledger("score"), []);
}

#[test]
fn custom_ids_are_the_column_or_else_the_id() {
    let body = |id: &str| format!(r#"{{"ids": ["{id}"], "attribute": "plan", "value": "pro"}}"#);
    let file = File::new("with_custom_id.csv", "id,custom_id\n1,u-1\n2,1\n");
    let sandbox = start(file.options());
    put(&sandbox, CUSTOM_BY_ID, &body("u-1"));
    put(&sandbox, CUSTOM_BY_ID, &body("2"));
    assert_eq!(sandbox.value(1, "plan").as_deref(), Some(r#""pro""#));
    assert_eq!((sandbox.id_of("1"), sandbox.id_of("2"), sandbox.value(2, "plan")), (Some(2), None, None));

    let file = File::new("without_custom_id.csv", "id\n1\n2\n");
    let sandbox = start(file.options());
    put(&sandbox, CUSTOM_BY_ID, &body("2"));
    assert_eq!((sandbox.id_of("2"), sandbox.id_of("u-1")), (Some(2), None));
    assert_eq!(sandbox.value(2, "plan").as_deref(), Some(r#""pro""#));
}

#[test]
fn an_invalid_file_is_reported_with_line_and_column() {
    let cases: [(&[u8], &str); 11] = [
        (b"", "line 1: no column is called \"id\"; name the columns in the first line"),
        (b"email,plan\na,b\n", "line 1: no column is called \"id\""),
        (b"id;email\n1;a\n", "separated by commas"),
        (b"id,plan,\n1,a,b\n", "line 1, column 3: it has no name"),
        (b"id,plan,plan\n1,a,b\n", "line 1, column 3: \"plan\" is there a second time; rename one"),
        (
            b"id,plan\n1,a\nx7,b\n",
            "line 3, column 1 (id): \"x7\" is not a whole number above 0; put the user's",
        ),
        (b"plan,id\na,0\n", "line 2, column 2 (id): \"0\" is not a whole number above 0"),
        (b"id\n9223372036854775808\n", "line 2, column 1 (id): \"9223372036854775808\" is not"),
        (b"id,plan\n1,a\n2,b\n1,c\n", "line 4, column 1 (id): 1 is there a second time; remove one"),
        (b"id,plan\n1,a,b\n", "line 2: it has 3 columns, the first line has 2; quote texts with commas"),
        (b"id,plan\n1,\xff\n", "line 2, column 2: it is not UTF-8; save the file as UTF-8"),
    ];
    for (index, (content, words)) in cases.into_iter().enumerate() {
        let name = format!("wrong_{index}.csv");
        let file = File::new(&name, content);
        let message = Sandbox::start(file.options()).map(|_| ()).unwrap_err().to_string();
        assert!(message.contains(&name) && message.contains(words), "{message}");
    }
}
