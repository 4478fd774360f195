//! How text looks (`CSI … m`), where the emulator reads it otherwise than terminals do.
//!
//! 21 is a double underline (ECMA-48, as xterm and tmux have it), not the end of bold. All else is
//! the emulator's business.

/// The whole sequence with a double underline for each 21; `None` where it has none.
pub(super) fn doubled(parameters: &[u8]) -> Option<Vec<u8>> {
    if !parameters.windows(2).any(|pair| pair == b"21") {
        return None;
    }
    let mut out = b"\x1b[".to_vec();
    let mut found = false;
    let mut of_colour = 0;
    let mut all = parameters.split(|&byte| byte == b';').peekable();
    while let Some(parameter) = all.next() {
        if of_colour > 0 {
            of_colour -= 1;
        } else if matches!(parameter, b"38" | b"48" | b"58") {
            of_colour = match all.peek() {
                Some(&b"2") => 4,
                Some(&b"5") => 2,
                Some(_) | None => 0,
            };
        } else if parameter == b"21" {
            found = true;
            out.extend_from_slice(b"4:2;");
            continue;
        }
        out.extend_from_slice(parameter);
        out.push(b';');
    }
    out.pop();
    out.push(b'm');
    found.then_some(out)
}

#[cfg(test)]
mod tests {
    use crate::term::{CellColor, CellStyle, CellView, Screen, Underline};

    fn look(style: CellStyle) -> (Option<Underline>, Option<CellColor>) {
        let kind = style.has(CellStyle::UNDERLINE).then_some(style.underline);
        (kind, style.underline_color)
    }

    #[test]
    fn underlines_of_every_kind_and_colour() {
        use Underline::{Curly, Dashed, Dotted, Double, Single};
        let table = [
            ("4", Some(Single), None),
            ("4:0", None, None),
            ("4;4:0", None, None),
            ("4:1", Some(Single), None),
            ("4:2", Some(Double), None),
            ("21", Some(Double), None),
            ("1;21;31", Some(Double), None),
            ("4:3", Some(Curly), None),
            ("4:4", Some(Dotted), None),
            ("4:5", Some(Dashed), None),
            ("4:3;21", Some(Double), None),
            ("4:3;24", None, None),
            (
                "38;5;21;48;2;21;21;21;58;5;21",
                None,
                Some(CellColor::Indexed(21)),
            ),
            ("4:3;58;5;9", Some(Curly), Some(CellColor::Indexed(9))),
            ("4;58;2;1;2;3", Some(Single), Some(CellColor::Rgb(1, 2, 3))),
            ("4;58:2::1:2:3", Some(Single), Some(CellColor::Rgb(1, 2, 3))),
            ("4;58:5:9", Some(Single), Some(CellColor::Indexed(9))),
            ("4:5;58;5;9;59", Some(Dashed), None),
            ("4:5;58;5;9;0", None, None),
        ];
        for (codes, kind, color) in table {
            let mut screen = Screen::new((10, 2), 10);
            screen.feed(format!("\x1b[{codes}mx").as_bytes());
            let first = |screen: &Screen, scroll| {
                let row = screen.rows(scroll).next();
                row.and_then(|row| row.cells().next().as_ref().map(CellView::style))
            };
            let shown = first(&screen, 0).unwrap();
            assert_eq!(look(shown), (kind, color), "{codes}");
            assert!(!codes.starts_with("1;") || shown.has(CellStyle::BOLD));
            let mut copy = Screen::new((10, 2), 10);
            copy.feed(&screen.snapshot());
            assert_eq!(first(&copy, 0), Some(shown), "{codes}, rebuilt");
            screen.feed(b"\r\n\n\n");
            assert_eq!(first(&screen, 2), Some(shown), "{codes}, packed");
            screen.resize((12, 6));
            assert_eq!(first(&screen, 0), Some(shown), "{codes}, brought back");
        }
    }
}
