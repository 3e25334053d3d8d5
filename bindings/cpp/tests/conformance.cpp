// Sends the cases of tests/conformance/values.json, which conformance.py gives as lines of texts in hexadecimal: the
// attribute, the type, the value, and further values of a list. Prints what is refused.
#include <cstdlib>
#include <iostream>
#include <sstream>

#include "../usercom.hpp"

namespace {

std::string unhex(const std::string& digits) {
    std::string text;
    for (std::size_t at = 0; at + 1 < digits.size(); at += 2)
        text += static_cast<char>(std::stoi(digits.substr(at, 2), nullptr, 16));
    return text;
}

template <class T>
T read(const std::string& text) {
    std::istringstream in(text);
    T value{};
    in >> value;
    return value;
}

// Such as 2026-11-23T10:00:00.250+02:00. Clocks before C++20 have no calendar: the days are counted.
usercom::Value date_and_time(const std::string& text) {
    using namespace std::chrono;
    const auto part = [&](std::size_t at, std::size_t length) { return std::stoll(text.substr(at, length)); };
    const auto leaps = [](long long year) { return year / 4 - year / 100 + year / 400; };
    const long long year = part(0, 4), month = part(5, 2);
    const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    const long long days = 365 * year + leaps(year == 0 ? 0 : year - 1) + (year > 0) + before[month - 1] + (month > 2 && leap)
                           + part(8, 2) - 1 - 719528;
    const std::size_t zone = text.size() - 6;
    const long long offset = (part(zone + 1, 2) * 60 + part(zone + 4, 2)) * (text[zone] == '-' ? -60 : 60);
    const seconds whole(days * 86400 + part(11, 2) * 3600 + part(14, 2) * 60 + part(17, 2) - offset);
    const std::string fraction = zone > 20 ? text.substr(20, zone - 20) : "";
    // In the coarsest clock that holds it: one of nanoseconds ends in 2262.
    if (fraction.empty()) return time_point<system_clock, seconds>(whole);
    if (fraction.size() <= 3) return time_point<system_clock, milliseconds>(whole + milliseconds(std::stoi(fraction)));
    if (fraction.size() <= 6) return time_point<system_clock, microseconds>(whole + microseconds(std::stoi(fraction)));
    return time_point<system_clock, nanoseconds>(whole + nanoseconds(std::stoi(fraction)));
}

usercom::Value value_of(const std::string& type, const std::vector<std::string>& values) {
    const std::string value = values.empty() ? "" : values[0];
    if (type == "boolean") return value == "true";
    if (type == "integer" && value[0] == '-') return read<std::int64_t>(value);
    if (type == "integer") return read<std::uint64_t>(value);
    if (type == "float") return std::strtod(value.c_str(), nullptr);
    if (type == "float32") return std::strtof(value.c_str(), nullptr);
    if (type == "text") return value;
    if (type == "choices") return values;
    if (type == "json") return usercom::Value::json(value);
    if (type == "null") return usercom::Value::json("null");
    if (type == "datetime") return date_and_time(value);
    if (type == "date") {
        const std::size_t first = value.find('-'), second = value.find('-', first + 1);
        return usercom::Value::date(std::stoi(value), std::stoi(value.substr(first + 1)), std::stoi(value.substr(second + 1)));
    }
    throw std::logic_error("no such type: " + type);
}

}  // namespace

int main(int, char** argv) {
    const usercom::Client client("acme", std::string(64, 'k'), usercom::Options().base_url(argv[1]).no_rate_limit());
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream words(line);
        std::string attribute, type, allowed;
        std::vector<std::string> values;
        words >> attribute >> type >> allowed;
        for (std::string word; words >> word;) values.push_back(unhex(word.substr(1)));
        try {
            client.mass_update({1}, attribute, value_of(type, values), usercom::RunOptions().allow_null(allowed == "1"));
        } catch (const usercom::InvalidArgument& error) {
            std::cout << attribute << ' ' << error.what() << '\n';
        }
    }
}
