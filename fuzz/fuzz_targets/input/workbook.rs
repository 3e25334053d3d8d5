//! Excel workbooks, as small as they can be.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const LINKS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// With these cells in its sheet: the XML in `sheetData`, and of its shared strings.
pub fn of(sheet_data: &str, strings: &str, method: CompressionMethod) -> Vec<u8> {
    let sheet = format!("{XML}<worksheet xmlns=\"{MAIN}\"><sheetData>{sheet_data}</sheetData></worksheet>");
    let strings = format!("{XML}<sst xmlns=\"{MAIN}\">{strings}</sst>");
    zipped(&parts(sheet.as_bytes(), strings.as_bytes(), STYLES.as_bytes()), method)
}

/// With parts that have anything in them: the sheet, its strings and its styles, each after a NUL byte.
pub fn of_parts(bytes: &[u8]) -> Vec<u8> {
    let mut given = bytes.split(|byte| *byte == 0);
    let mut next = || given.next().unwrap_or_default();
    let (sheet, strings, styles) = (next(), next(), next());
    let styles = if styles.is_empty() { STYLES.as_bytes() } else { styles };
    zipped(&parts(sheet, strings, styles), CompressionMethod::Stored)
}

/// Style 1 is a day, style 2 a duration.
const STYLES: &str = "<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><numFmts><numFmt \
                      numFmtId=\"200\" formatCode=\"[hh]:mm\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf \
                      numFmtId=\"14\"/><xf numFmtId=\"200\"/></cellXfs></styleSheet>";

fn parts(sheet: &[u8], strings: &[u8], styles: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let relation = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"{LINKS}/{kind}\" Target=\"{target}\"/>")
    };
    let relations = |inner: String| {
        let space = "http://schemas.openxmlformats.org/package/2006/relationships";
        format!("{XML}<Relationships xmlns=\"{space}\">{inner}</Relationships>").into_bytes()
    };
    let of_workbook = relation("r1", "worksheet", "worksheets/sheet1.xml")
        + &relation("r2", "sharedStrings", "sharedStrings.xml")
        + &relation("r3", "styles", "styles.xml");
    let workbook = format!(
        "{XML}<workbook xmlns=\"{MAIN}\" xmlns:r=\"{LINKS}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/>\
         </sheets></workbook>"
    );
    let mut parts = vec![
        ("_rels/.rels", relations(relation("r1", "officeDocument", "xl/workbook.xml"))),
        ("xl/workbook.xml", workbook.into_bytes()),
        ("xl/_rels/workbook.xml.rels", relations(of_workbook)),
        ("xl/worksheets/sheet1.xml", sheet.to_vec()),
        ("xl/styles.xml", styles.to_vec()),
    ];
    if !strings.is_empty() {
        parts.push(("xl/sharedStrings.xml", strings.to_vec()));
    }
    parts
}

fn zipped(parts: &[(&str, Vec<u8>)], method: CompressionMethod) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    for (name, content) in parts {
        zip.start_file(*name, options).expect("a part begins");
        zip.write_all(content).expect("a part is written");
    }
    zip.finish().expect("a workbook").into_inner()
}
