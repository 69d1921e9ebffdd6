//! How temperatures are shown; inside and on the wire they are °C.

use super::text::text_enum;

text_enum! {
    /// An organization's preference.
    TemperatureUnit {
        /// Degrees Celsius.
        Celsius = "C",
        /// Degrees Fahrenheit.
        Fahrenheit = "F",
    }
}
