//! Colours for terminals that show 256 of them.

use ratatui::style::Color;

const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// The colour of the 256 that is nearest to an RGB one; others stay as they are.
pub(crate) fn nearest_indexed(colour: Color) -> Color {
    let Color::Rgb(r, g, b) = colour else {
        return colour;
    };
    let (cube, cube_error) = nearest_in_cube([r, g, b]);
    let (grey, grey_error) = nearest_grey([r, g, b]);
    Color::Indexed(if grey_error < cube_error { grey } else { cube })
}

fn nearest_in_cube(rgb: [u8; 3]) -> (u8, u32) {
    let mut index = 0;
    let mut error = 0;
    for channel in rgb {
        let best = (0_u8..)
            .zip(STEPS)
            .min_by_key(|(_, step)| channel.abs_diff(*step));
        let (place, step) = best.unwrap_or_default();
        index = index * 6 + place;
        error += square(channel, step);
    }
    (16 + index, error)
}

fn nearest_grey(rgb: [u8; 3]) -> (u8, u32) {
    let error = |level: u8| {
        rgb.iter()
            .map(|channel| square(*channel, level))
            .sum::<u32>()
    };
    let best = (0_u8..24)
        .map(|place| (232 + place, error(8 + place * 10)))
        .min_by_key(|(_, error)| *error);
    best.unwrap_or((232, u32::MAX))
}

fn square(a: u8, b: u8) -> u32 {
    u32::from(a.abs_diff(b)).pow(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_corners_and_greys_are_met_exactly() {
        for (rgb, index) in [
            ((0, 0, 0), 16),
            ((255, 255, 255), 231),
            ((255, 0, 0), 196),
            ((0, 255, 0), 46),
            ((128, 128, 128), 244),
            ((8, 8, 8), 232),
        ] {
            assert_eq!(
                nearest_indexed(Color::Rgb(rgb.0, rgb.1, rgb.2)),
                Color::Indexed(index)
            );
        }
        assert_eq!(nearest_indexed(Color::Red), Color::Red);
    }
}
