//! A response that would confirm, and a single sign of a failure somewhere in it: in its status, its headers or its body,
//! in whatever place and however it is written. It never confirms; without the sign it does.
#![no_main]

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use usercom::fuzzing::{HttpResponse, judge_http};

/// Fields that say what went wrong, or what was not done.
const ERRORS: &[&str] = &[
    "error",
    "errors",
    "error message",
    "error messages",
    "error msg",
    "error code",
    "error description",
    "exception",
    "has error",
    "has errors",
    "is error",
    "failed",
    "failed ids",
    "failures",
    "invalid",
    "invalid ids",
    "rejected",
    "rejected ids",
    "error count",
    "errors count",
    "failed count",
    "failure count",
    "invalid count",
    "rejected count",
    "not found",
    "not found ids",
    "not updated",
    "unprocessed",
];
const SUCCESS: &[&str] = &["success", "ok", "succeeded", "successful", "is success", "is successful"];
const STATUS: &[&str] = &["status", "result"];
const CODE: &[&str] = &["code", "status code", "http code", "http status"];
const BAD_WORDS: &[&str] = &[
    "error",
    "failed",
    "failure",
    "invalid",
    "rejected",
    "refused",
    "denied",
    "forbidden",
    "unauthorized",
    "exception",
    "fatal",
    "nok",
    "ko",
    "no",
    "false",
    "notok",
    "aborted",
    "unavailable",
    "throttled",
    "unsuccessful",
];
const HARMLESS: &[&str] = &[
    r#""status":"ok""#,
    r#""success":true"#,
    r#""ok":1"#,
    r#""updated":1000"#,
    r#""errors":[]"#,
    r#""error":null"#,
    r#""failed":0"#,
    r#""not_found":[]"#,
    r#""code":200"#,
    r#""detail":"done""#,
    r#""data":{"id":1}"#,
    r#""ids":[1,2,3]"#,
];

fuzz_target!(|bytes: &[u8]| {
    let _ = play(&mut Unstructured::new(bytes));
});

fn play(u: &mut Unstructured<'_>) -> Result<()> {
    let sent = u.int_in_range(1..=1000)?;
    let harmless = harmless(u)?;
    let good = good(u, object(&harmless))?;
    let shown = format!("{} {:?}", good.status, String::from_utf8_lossy(&good.body));
    let confirmed =
        |response: HttpResponse| judge_http(response, sent).is_some_and(|judged| judged.confirmed);
    assert!(confirmed(copy(&good)), "{shown}");
    let (mut bad, place) = (copy(&good), u.int_in_range(0..=4)?);
    match place {
        0 => {
            let status = u.int_in_range(100..=999)?;
            bad.status = if [200, 201, 202, 204].contains(&status) { 500 } else { status };
        }
        1 => in_headers(u, &mut bad)?,
        2 => no_whole_json(u, &mut bad)?,
        _ => {
            let mut fields = harmless;
            let at = u.int_in_range(0..=fields.len())?;
            fields.insert(at, sign(u)?);
            let body = nested(u, object(&fields))?;
            bad.body = surrounded(u, body)?.into_bytes();
        }
    }
    if place != 1 && bad.headers.iter().any(|(name, _)| name == "content-length") {
        bad.headers.retain(|(name, _)| name != "content-length");
        bad.headers.push(length(&bad.body));
    }
    let shown = format!("{} {:?} {:?}", bad.status, bad.headers, String::from_utf8_lossy(&bad.body));
    assert!(!confirmed(bad), "confirmed by {shown}");
    Ok(())
}

fn copy(response: &HttpResponse) -> HttpResponse {
    let HttpResponse { status, is_1_0, headers, body, is_cut } = response;
    HttpResponse {
        status: *status,
        is_1_0: *is_1_0,
        headers: headers.clone(),
        body: body.clone(),
        is_cut: *is_cut,
    }
}

fn length(body: &[u8]) -> (String, Vec<u8>) {
    ("content-length".to_owned(), body.len().to_string().into_bytes())
}

fn harmless(u: &mut Unstructured<'_>) -> Result<Vec<String>> {
    (0..u.int_in_range(0..=4)?).map(|_| Ok((*u.choose(HARMLESS)?).to_owned())).collect()
}

fn object(fields: &[String]) -> String {
    format!("{{{}}}", fields.join(","))
}

fn good(u: &mut Unstructured<'_>, body: String) -> Result<HttpResponse> {
    let body = surrounded(u, body)?.into_bytes();
    let is_1_0 = u.ratio(1, 8)?;
    let mut headers = vec![("content-type".to_owned(), b"application/json".to_vec())];
    match u.int_in_range(0..=2)? {
        0 => headers.push(length(&body)),
        1 if !is_1_0 => headers.push(("transfer-encoding".to_owned(), b"chunked".to_vec())),
        _ => {}
    }
    let harmless = ["server", "date", "x-request-id", "retry-after", "set-cookie", "vary"];
    if u.arbitrary()? {
        headers.push(((*u.choose(&harmless)?).to_owned(), u.arbitrary::<Vec<u8>>()?));
    }
    let status = *u.choose(&[200, 200, 201, 202])?;
    Ok(HttpResponse { status, is_1_0, headers, body, is_cut: false })
}

/// With blanks and byte order marks, which say nothing.
fn surrounded(u: &mut Unstructured<'_>, body: String) -> Result<String> {
    let around = ["", "", "", " ", "\n", "\r\n\t", "\u{feff}", " \u{feff} "];
    Ok(format!("{}{body}{}", u.choose(&around)?, u.choose(&["", "", " ", "\r\n"])?))
}

/// As part of something larger: "ok" may be said beside it.
fn nested(u: &mut Unstructured<'_>, body: String) -> Result<String> {
    let outer = harmless(u)?;
    let name = u.choose(&["data", "result", "response", "results", "meta"])?;
    let with = |inner: &str| {
        let mut fields = outer.clone();
        fields.push(format!("\"{name}\":{inner}"));
        object(&fields)
    };
    Ok(match u.int_in_range(0..=6)? {
        0 | 1 => body,
        2 => format!("[{{\"status\":\"ok\"}},{body}]"),
        3 => format!("[[{body}],[]]"),
        4 => with(&body),
        5 => with(&format!("[{{}},{body}]")),
        _ => format!("[{}]", with(&body)),
    })
}

fn sign(u: &mut Unstructured<'_>) -> Result<String> {
    let something = [
        "true",
        "1",
        "-1",
        "0.5",
        "1e2",
        "\"x\"",
        "\"7\"",
        "[\"x\"]",
        "[7]",
        "{\"7\":\"no such user\"}",
        "[{\"id\":7}]",
        "[[],{},[null,[\"x\"]]]",
        "{\"a\":0,\"b\":true}",
        "\"0 of 5\"",
        "\"\\u0078\"",
    ];
    let no =
        ["false", "0", "0.0", "-0", "\"false\"", "\"0\"", "\"no\"", "\"No\"", "\"FALSE\"", "\" false \""];
    let (name, value) = match u.int_in_range(0..=4)? {
        0 | 1 => (*u.choose(ERRORS)?, (*u.choose(&something)?).to_owned()),
        2 => (*u.choose(SUCCESS)?, (*u.choose(&no)?).to_owned()),
        3 if u.arbitrary()? => (*u.choose(STATUS)?, bad_word(u)?),
        3 => (*u.choose(STATUS)?, bad_number(u)?),
        _ => (*u.choose(CODE)?, bad_number(u)?),
    };
    let name = written(u, name)?;
    Ok(format!("{}:{value}", quoted(u, &name)?))
}

fn bad_word(u: &mut Unstructured<'_>) -> Result<String> {
    let word = *u.choose(BAD_WORDS)?;
    let word = if u.arbitrary()? { word.to_uppercase() } else { word.to_owned() };
    // "no" negates what stands beside it.
    let shape = if word.eq_ignore_ascii_case("no") { 0 } else { u.int_in_range(0..=5)? };
    let text = match shape {
        0 => word,
        1 => format!(" {word} "),
        2 => format!("{word}!"),
        3 => format!("validation_{word}"),
        4 => format!("ok, {word}"),
        _ => format!("{word}: 7"),
    };
    quoted(u, &text)
}

fn bad_number(u: &mut Unstructured<'_>) -> Result<String> {
    let number = u.int_in_range(400..=599)?;
    Ok(match u.int_in_range(0..=4)? {
        0 | 1 => number.to_string(),
        2 => format!("\"{number}\""),
        3 => format!("{number}.0"),
        _ => format!("{}.{:02}e2", number / 100, number % 100),
    })
}

/// A name in any case, with anything between its words.
fn written(u: &mut Unstructured<'_>, name: &str) -> Result<String> {
    let (how, gap) = (u.int_in_range(0..=3)?, *u.choose(&["_", "-", "", " ", ".", "__"])?);
    let mut text = String::new();
    for (at, letter) in name.chars().enumerate() {
        let begins = name[..at].ends_with(' ');
        match letter {
            ' ' => text.push_str(gap),
            letter if how == 0 || (how == 1 && begins) || (how == 2 && u.arbitrary()?) => {
                text.extend(letter.to_uppercase())
            }
            letter => text.push(letter),
        }
    }
    Ok(text)
}

/// As a JSON string, with letters that need no escape escaped all the same.
fn quoted(u: &mut Unstructured<'_>, text: &str) -> Result<String> {
    let escapes = u.ratio(1, 4)?;
    let mut json = String::from("\"");
    for letter in text.chars() {
        match letter {
            letter if escapes && u.arbitrary()? => json.push_str(&format!("\\u{:04x}", u32::from(letter))),
            letter => json.push(letter),
        }
    }
    Ok(json + "\"")
}

/// Headers after which nobody knows where the body ends, and a body that did not end.
fn in_headers(u: &mut Unstructured<'_>, bad: &mut HttpResponse) -> Result<()> {
    let own = length(&bad.body);
    let has = |name: &str| bad.headers.iter().any(|(other, _)| other == name);
    let (has_length, has_encoding) = (has("content-length"), has("transfer-encoding"));
    match u.int_in_range(0..=4)? {
        0 => bad.is_cut = true,
        1 => {
            bad.headers.retain(|(name, _)| name != "transfer-encoding");
            let odd = *u.choose(&["x", "-1", "+5", "0x10", "1,1", "", "1 2", "1.0", "1e3"])?;
            bad.headers.retain(|(name, _)| name != "content-length");
            bad.headers.push(("content-length".to_owned(), odd.as_bytes().to_vec()));
        }
        2 => {
            bad.headers.push(own.clone());
            if !has_length && !has_encoding {
                bad.headers.push(own);
            }
        }
        3 => {
            bad.headers.retain(|(name, _)| name != "transfer-encoding");
            let odd =
                *u.choose(&["gzip", "gzip, chunked", "identity", "chunked, chunked", "", "xchunked"])?;
            bad.headers.push(("transfer-encoding".to_owned(), odd.as_bytes().to_vec()));
        }
        _ => {
            bad.is_1_0 = true;
            bad.headers.retain(|(name, _)| name != "transfer-encoding");
            bad.headers.push(("transfer-encoding".to_owned(), b"chunked".to_vec()));
        }
    }
    Ok(())
}

/// What is no complete JSON of its own.
fn no_whole_json(u: &mut Unstructured<'_>, bad: &mut HttpResponse) -> Result<()> {
    let text = String::from_utf8_lossy(&bad.body).trim().trim_start_matches('\u{feff}').trim().to_owned();
    bad.body = match u.int_in_range(0..=6)? {
        0 => {
            // At least the bracket, or nothing would be there, which a complete response may have.
            let mut end = u.int_in_range(1..=text.len() - 1)?;
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            text[..end.max(1)].as_bytes().to_vec()
        }
        1 => format!("{text}{text}").into_bytes(),
        2 => {
            let page = *u.choose(&["<html>", "<!DOCTYPE html>", "<?xml version=\"1.0\"?>", "<"])?;
            format!("{page}{text}").into_bytes()
        }
        3 => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        4 => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        5 => {
            [u.choose(&[&b"\x1f\x8b"[..], b"\x28\xb5\x2f\xfd", b"\x78\x9c", b"PK\x03\x04"])?, text.as_bytes()]
                .concat()
        }
        _ => (*u.choose(&[
            "OK",
            "done",
            "false",
            "0",
            "\"error\"",
            "\"\"",
            "{\"status\":\"pending\"",
            "Error: no",
        ])?)
        .as_bytes()
        .to_vec(),
    };
    Ok(())
}
