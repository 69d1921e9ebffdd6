//! Measurements in the fields of a codec: one meaning, many names.
//!
//! Names are compared without case, `_`, `-` and spaces, so `TempC_SHT` is `tempcsht`. What is not listed is not
//! read: `temperatureBoard`, `mcu_temperature`, `cputemp`, `targetTemperature`, `tempMin`/`tempMax` and
//! `Door_status` (an unconnected pin of the LSN50v2) are not the food. `TempC_DS18B20` of soil sensors neither.

use serde_json::Value;

use super::{
    catalog::{BareBattery, DoorField, Sensor},
    field::{self, Object},
    quantity::Quantity,
    sample::Sample,
};

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Air,
    Probe,
    Humidity,
    Volts,
    Percent,
    BareBattery,
    Door,
}

/// Everything that the fields of one object say of one moment, in their order: the first wins, probes add up.
pub(super) fn read(fields: &Object, sensor: &Sensor) -> Sample {
    let mut sample = Sample::default();
    if is_settings_of_comtac(fields) {
        return sample;
    }
    for (key, value) in fields {
        let folded = fold(key);
        if let Some(role) = role(&folded, value, sensor) {
            take(&mut sample, role, value, key, sensor);
        }
    }
    if is_contact_of_laird(fields) {
        sample.door_open = fields.get("state").and_then(field::is_open);
    }
    listed(fields, &mut sample);
    disconnect(fields, &mut sample, sensor);
    sample
}

fn fold(key: &str) -> String {
    key.chars()
        .filter(|c| !matches!(c, '_' | '-' | ' '))
        .flat_map(char::to_lowercase)
        .collect()
}

fn role(folded: &str, value: &Value, sensor: &Sensor) -> Option<Role> {
    Some(match folded {
        "temperature" | "temp" | "tempc" | "temperaturec" | "tempcsht" | "sensortemperature"
        | "ambienttemperature" | "airtemperature" | "tempnow" => Role::Air,
        "tempcds"
        | "tempctmp117"
        | "exttempcsht"
        | "externaltemperature"
        | "externaltemperature2"
        | "extthermistortemperature"
        | "tempred"
        | "tempwhite"
        | "tempblack"
        | "temperaturehead" => Role::Probe,
        // Measured by an infrared head if it comes with its unit; a plain number is a thermostat's wish.
        "temperaturetarget" if value.is_object() => Role::Probe,
        "humidity" | "humsht" | "humi" | "relativehumidity" | "rh" | "airhumidity"
        | "humiditypct" | "humiditypercent" | "humnow" => Role::Humidity,
        "batv" | "bat" | "volt" | "batteryvoltage" | "batteryvolt" | "vbat" | "vdd" | "batmv" => {
            Role::Volts
        }
        "batterylevel" | "batlevel" | "batterypercent" | "batterypercentage" | "batterypct" => {
            Role::Percent
        }
        "battery" => Role::BareBattery,
        "dooropenstatus" | "magnetstatus" | "door" | "dooropen" | "open" | "reedstate"
        | "contactstate" | "doorwindow" => Role::Door,
        "status" if sensor.door == DoorField::Status => Role::Door,
        "digital" if sensor.door == DoorField::Digital => Role::Door,
        _ => return numbered(folded),
    })
}

/// `Temp1`, `TempC2`, `Temp_Channel1`, `temperature_at_level_0`; `temperature_3` of the Cayenne format.
fn numbered(folded: &str) -> Option<Role> {
    let stem = folded.trim_end_matches(|c: char| c.is_ascii_digit());
    if stem.len() == folded.len() {
        return None;
    }
    match stem {
        "temp" | "tempc" | "tempchannel" | "temperature" | "temperatureatlevel" => {
            Some(Role::Probe)
        }
        "relativehumidity" => Some(Role::Humidity),
        _ => None,
    }
}

fn take(sample: &mut Sample, role: Role, value: &Value, key: &str, sensor: &Sensor) {
    match role {
        Role::Probe => match value {
            Value::Array(probes) => {
                for probe in probes {
                    sample.push_probe(field::quantity(probe));
                }
            }
            _ => sample.push_probe(scalar(value, key)),
        },
        Role::Air => sample.air = sample.air.or(scalar(value, key)),
        Role::Humidity => sample.humidity = sample.humidity.or(scalar(value, key)),
        Role::Volts => {
            sample.battery_low |= field::says_low(value);
            sample.battery_volts = sample.battery_volts.or(volts(scalar(value, key)));
        }
        Role::Percent => sample.battery_percent = sample.battery_percent.or(scalar(value, key)),
        Role::BareBattery => bare_battery(sample, scalar(value, key), sensor.battery),
        Role::Door => {
            sample.door_open = sample
                .door_open
                .or(field::is_open(inner(value, key).unwrap_or(value)));
        }
    }
}

/// A bare value, the one inside an object, or the first of a `…NOW` array.
fn scalar(value: &Value, key: &str) -> Quantity {
    match value {
        Value::Object(_) => inner(value, key).map_or(Quantity::Absent, field::quantity),
        // Comtac does not say in which order; what it pads with comes last.
        Value::Array(values) if fold(key).ends_with("now") => {
            values.first().map_or(Quantity::Absent, field::quantity)
        }
        _ => field::quantity(value),
    }
}

/// `{"value":3.1,"unit":"V"}`, `{"Temperature":3.1}` under `Temperature`, `{"Event":"Open"}`.
fn inner<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    let object = value.as_object()?;
    ["value", key, "Event"]
        .into_iter()
        .find_map(|inner| object.get(inner))
}

/// No battery has a thousand volts: such numbers are millivolts, whatever the field is called.
fn volts(quantity: Quantity) -> Quantity {
    match quantity {
        Quantity::Value(value) if value >= 1000.0 => Quantity::Value(value / 1000.0),
        other => other,
    }
}

/// Above it a battery of unknown meaning can only be per cent; below it nothing is known.
const SURELY_PERCENT: f64 = 5.0;

fn bare_battery(sample: &mut Sample, quantity: Quantity, meaning: BareBattery) {
    let meaning = match (meaning, quantity) {
        (BareBattery::Unknown, Quantity::Value(value)) if value > SURELY_PERCENT => {
            BareBattery::Percent
        }
        (known, _) => known,
    };
    match meaning {
        BareBattery::Percent => sample.battery_percent = sample.battery_percent.or(quantity),
        BareBattery::Volts => sample.battery_volts = sample.battery_volts.or(volts(quantity)),
        BareBattery::Unknown => {}
    }
}

/// Configuration and version frames, which repeat the charge of the battery.
fn is_settings_of_comtac(fields: &Object) -> bool {
    fields.contains_key("measRate") || fields.contains_key("appMainVers")
}

fn is_contact_of_laird(fields: &Object) -> bool {
    field::text(fields, "msgType") == Some("Laird_Contact_Sensor")
}

/// Values that are named inside a list: `{"label":"Temperature","value":3.1}` of nke,
/// `{"measurementId":"4097","measurementValue":3.1}` of SenseCAP; and Laird's voltage, named by its message.
fn listed(fields: &Object, sample: &mut Sample) {
    for item in field::objects(fields, "data") {
        let value = item.get("value").map_or(Quantity::Absent, field::quantity);
        match field::text(item, "label") {
            Some("Temperature") => sample.air = sample.air.or(value),
            Some("Humidity") => sample.humidity = sample.humidity.or(value),
            Some("BatteryVoltage") => sample.battery_volts = sample.battery_volts.or(value),
            _ => {}
        }
    }
    for item in field::objects(fields, "messages") {
        let of = |key| item.get(key).map_or(Quantity::Absent, field::quantity);
        match item.get("measurementId").and_then(field::whole) {
            Some(4097) => sample.air = sample.air.or(of("measurementValue")),
            Some(4098) => sample.humidity = sample.humidity.or(of("measurementValue")),
            _ => {}
        }
        if field::text(item, "type") == Some("upload_battery") {
            sample.battery_percent = sample.battery_percent.or(of("battery"));
        }
    }
    if field::text(fields, "msgType") == Some("Laird_Battery_Voltage") {
        let voltage = fields
            .get("voltage")
            .map_or(Quantity::Absent, field::quantity);
        sample.battery_volts = sample.battery_volts.or(voltage);
    }
}

/// A thermistor that is not connected reads 0 °C. It is the only thermometer where no field is named after it.
fn disconnect(fields: &Object, sample: &mut Sample, sensor: &Sensor) {
    if fields.get("thermistorProperlyConnected") != Some(&Value::Bool(false)) {
        return;
    }
    if sample.probes.is_empty() && !sensor.has_both {
        sample.air = match sample.air {
            Quantity::Value(_) => Quantity::Impossible,
            other => other,
        };
    }
    sample.probes.fill(Quantity::Impossible);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::devices::tests::support::{sensor, value};

    #[test]
    fn a_temperature_has_many_names() {
        for payload in [
            json!({"temperature": 4.5}),
            json!({"Temperature": 4.5}),
            json!({"Temp": "4.50"}),
            json!({"temp": 4.5}),
            json!({"tempC": 4.5}),
            json!({"temp_c": 4.5}),
            json!({"temperature_c": 4.5}),
            json!({"TempC_SHT": 4.5}),
            json!({"sensorTemperature": 4.5}),
            json!({"ambient_temperature": 4.5}),
            json!({"air_temperature": {"value": 4.5, "unit": "°C"}}),
            json!({"Temperature": {"Temperature": 4.5}}),
            json!({"temperature": null, "temp": 4.5}),
            json!({"data": [{"label": "Temperature", "value": 4.5}]}),
            json!({"messages": [{"measurementId": "4097", "measurementValue": 4.5}]}),
        ] {
            let sample = read(payload.as_object().expect("an object"), sensor(""));
            assert_eq!(value(sample.air), Some(4.5), "{payload}");
            assert_eq!(sample.probes, [], "{payload}");
        }
    }

    #[test]
    fn what_is_not_the_food_is_not_read() {
        for payload in [
            json!({"temperatureBoard": 21}),
            json!({"mcu_temperature": 21.5}),
            json!({"cputemp": 40}),
            json!({"targetTemperature": 29, "temperature_target": 29}),
            json!({"tempMin": 0, "tempMax": 50, "TempChange": 0.5}),
            json!({"barometer_temperature": 24, "co2_sensor_temperature": 24, "dew_point": 3}),
            json!({"TempC_DS18B20": "0.00"}),
            json!({"Door_status": "OPEN", "Bat_status": 3, "status": 1, "state": "Open"}),
            json!({"last_battery_percentage": {"value": 50}}),
            json!({"voltage": 230}),
        ] {
            let sample = read(payload.as_object().expect("an object"), sensor(""));
            assert_eq!(sample, Sample::default(), "{payload}");
        }
    }

    #[test]
    fn a_bare_battery_is_read_by_model() {
        for (model, battery, percent, volts) in [
            ("TBHH100", 3.6, None, Some(3.6)),
            ("MClimate CO2", 3.0, None, Some(3.0)),
            ("EM300-TH", 3.0, Some(3.0), None),
            ("", 3.0, None, None),
            ("", 92.0, Some(92.0), None),
        ] {
            let payload = json!({"battery": battery});
            let sample = read(payload.as_object().expect("an object"), sensor(model));
            assert_eq!(
                (value(sample.battery_percent), value(sample.battery_volts)),
                (percent, volts),
                "{model} {battery}"
            );
        }
    }

    #[test]
    fn a_thermistor_that_is_not_connected_is_no_temperature() {
        for (model, key, celsius, air) in [
            (
                "MClimate Open/Close",
                "temperature",
                0.0,
                Quantity::Impossible,
            ),
            (
                "MClimate Open/Close",
                "sensorTemperature",
                0.0,
                Quantity::Impossible,
            ),
            (
                "MClimate HT",
                "sensorTemperature",
                4.5,
                Quantity::Value(4.5),
            ),
        ] {
            let payload = json!({key: celsius, "thermistorProperlyConnected": false, "status": 1});
            let sample = read(payload.as_object().expect("an object"), sensor(model));
            assert_eq!(sample.air, air, "{model} {key}");
        }
    }
}
