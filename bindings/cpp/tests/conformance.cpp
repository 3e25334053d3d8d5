// Runs the cases of tests/conformance through C++: reads a call per line as JSON, and prints its outcome as a line of JSON.
// tests/conformance/main.rs starts it and compares.
#include <cstdlib>
#include <iostream>
#include <optional>
#include <sstream>

#include <sys/wait.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "../usercom.hpp"

namespace {

using nlohmann::json;

/// What the callback throws.
struct Thrown : std::runtime_error {
    using std::runtime_error::runtime_error;
};

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

usercom::Value value_of(const json& given) {
    const std::string type = given["type"], value = given["value"].is_string() ? given["value"] : "";
    if (type == "boolean") return value == "true";
    if (type == "integer" && value[0] == '-') return read<std::int64_t>(value);
    if (type == "integer") return read<std::uint64_t>(value);
    if (type == "float") return std::strtod(value.c_str(), nullptr);
    if (type == "float32") return std::strtof(value.c_str(), nullptr);
    if (type == "text") return value;
    if (type == "choices") return given["value"].get<std::vector<std::string>>();
    if (type == "json") return usercom::Value::json(value);
    if (type == "null") return usercom::Value::json("null");
    if (type == "datetime") return date_and_time(value);
    if (type == "date") {
        const std::size_t first = value.find('-'), second = value.find('-', first + 1);
        return usercom::Value::date(std::stoi(value), std::stoi(value.substr(first + 1)), std::stoi(value.substr(second + 1)));
    }
    throw std::logic_error("no such type: " + type);
}

/// Sets options by name.
template <class Options>
Options options_of(const json& given) {
    Options options;
    for (const auto& [name, value] : given.items()) options.set(name, value.dump());
    return options;
}

usercom::RunOptions run_options_of(const json& call) {
    auto options = options_of<usercom::RunOptions>(call["run"]);
    const std::string hook = call["hook"].is_string() ? call["hook"] : "";
    if (hook == "stop_in_progress") options.progress([](const usercom::Progress&) { return false; });
    if (hook == "throw_in_progress")
        options.progress([](const usercom::Progress&) -> bool { throw Thrown("thrown by the callback"); });
    if (hook == "cancel_before") {
        usercom::Cancel cancel;
        cancel.request();
        options.cancel(cancel);
    }
    return options;
}

std::vector<std::int64_t> numbers(const std::vector<std::string>& ids) {
    std::vector<std::int64_t> numbers;
    for (const std::string& id : ids) numbers.push_back(std::stoll(id));
    return numbers;
}

/// Pairs of an id and its value.
template <class Id>
std::vector<std::pair<Id, usercom::Value>> rows(const std::vector<Id>& ids, const json& values) {
    std::vector<std::pair<Id, usercom::Value>> rows;
    for (std::size_t at = 0; at < ids.size(); at++) rows.emplace_back(ids[at], value_of(values[at]));
    return rows;
}

usercom::Report update(const json& call, const usercom::Client& client) {
    const std::string function = call["function"], attribute = call["attribute"];
    const std::vector<std::string> ids = call["ids"];
    const usercom::RunOptions options = run_options_of(call);
    if (function == "mass_update_custom_ids")
        return client.mass_update_custom_ids(ids, attribute, value_of(call["value"]), options);
    if (function == "mass_update_rows") return client.mass_update_rows(rows(numbers(ids), call["values"]), attribute, options);
    if (function == "mass_update_rows_custom_ids")
        return client.mass_update_rows_custom_ids(rows(ids, call["values"]), attribute, options);
    return client.mass_update(numbers(ids), attribute, value_of(call["value"]), options);
}

json outcome_of(const usercom::Report& report) {
    json failures = json::array();
    for (const usercom::Failure& failure : report.failures())
        failures.push_back({failure.index, failure.http_status, failure.message});
    std::string states;
    for (const std::uint8_t state : report.states()) states += "NCRU"[state];
    return {{"status", report.status()}, {"message", report.message()}, {"states", states}, {"failures", failures}};
}

json outcome_of(const usercom::Error& error, const char* raised) {
    json outcome = {{"status", error.status()}, {"message", error.what()}};
    if (error.report() != nullptr && error.status() != UC_STATUS_INVALID_ARGUMENT) outcome = outcome_of(*error.report());
    outcome["raised"] = raised;
    return outcome;
}

/// What a call returns or throws.
template <class Function>
json told(Function call) {
    try {
        return outcome_of(call());
    } catch (const Thrown& thrown) {
        return {{"status", nullptr}, {"message", thrown.what()}};
    } catch (const usercom::InvalidArgument& error) {
        return outcome_of(error, "InvalidArgument");
    } catch (const usercom::PartialUpdate& error) {
        return outcome_of(error, "PartialUpdate");
    } catch (const usercom::Stopped& error) {
        return outcome_of(error, "Stopped");
    } catch (const usercom::Error& error) {
        return outcome_of(error, "Error");
    }
}

/// The outcome of a call in a forked child.
json in_child(const json& call, const usercom::Client& client) {
    int ends[2];
    if (pipe(ends) != 0) std::abort();
    if (fork() == 0) {
        const std::string said = told([&] { return update(call, client); }).dump();
        _exit(::write(ends[1], said.data(), said.size()) < 0);
    }
    close(ends[1]);
    char said[4096];
    const ssize_t size = ::read(ends[0], said, sizeof said);
    close(ends[0]);
    wait(nullptr);
    return json::parse(said, said + std::max<ssize_t>(size, 0));
}

json run(const json& call) {
    const std::string url = call["url"], subdomain = call["subdomain"], token = call["token"];
    if (call["function"] == "one_shot") return told([&] {
        setenv("USERCOM_BASE_URL", url.c_str(), 1);
        const std::vector<std::string> ids = call["ids"];
        return usercom::mass_update(subdomain, token, numbers(ids), std::string(call["attribute"]), value_of(call["value"]));
    });
    std::optional<usercom::Client> client;
    json refused = told([&]() -> usercom::Report {
        auto options = options_of<usercom::Options>(call["client"]);
        if (!url.empty()) options.base_url(url);
        client.emplace(subdomain, token, options);
        throw Thrown("");
    });
    if (!client) return refused;
    return call["fork"] ? in_child(call, *client) : told([&] { return update(call, *client); });
}

}  // namespace

int main() {
    for (std::string line; std::getline(std::cin, line);) std::cout << run(json::parse(line)) << std::endl;
}
