//! What is on the pages. With `SOS_DOCUMENTS_OUT` set to a folder the PDFs are kept there, to be looked at.

mod pages;
mod samples;

use std::path::PathBuf;

use typst::layout::{Frame, FrameItem};

use crate::{Document, render, typeset};

/// The text of each page, without the places where a word may be broken.
fn pages(document: &Document) -> Vec<String> {
    let set = typeset::set(document).expect("the document can be set");
    set.pages.pages().iter().map(|page| text(&page.frame).replace('\u{200b}', "")).collect()
}

fn text(frame: &Frame) -> String {
    let mut said = String::new();
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => said += &text(&group.frame),
            FrameItem::Text(run) => {
                said += &run.text;
                said.push(' ');
            }
            _ => {}
        }
    }
    said
}

/// Words without how they are broken into lines and runs.
fn plain(text: &str) -> String {
    text.split_whitespace().collect()
}

fn holds(pages: &[String], words: &str) -> bool {
    plain(&pages.concat()).contains(&plain(words))
}

fn pdf(name: &str, document: &Document) -> Vec<u8> {
    let pdf = render(document).expect("a PDF");
    if let Some(folder) = std::env::var_os("SOS_DOCUMENTS_OUT") {
        std::fs::write(PathBuf::from(folder).join(format!("{name}.pdf")), &pdf).expect("kept");
    }
    pdf
}
