// usercom for C++17 and newer: one header over usercom.h, with values, handles that free themselves, exceptions.
//
//     usercom::mass_update("acme", token, {10, 15, 22, 23}, "plan", "pro");
//
//     usercom::Client client("acme", token);
//     usercom::Report report = client.mass_update(ids, "plan", "pro", usercom::RunOptions().deadline(10min));
//     for (const usercom::Failure& failure : report.failures())
//         std::cerr << ids[failure.index] << ": " << failure.message << '\n';
//
// A completed run returns its Report, also when some ids failed; Report::throw_for_failures() throws then. A run that
// stopped early throws Stopped with the report, an invalid argument throws InvalidArgument. The one-line
// usercom::mass_update throws unless every id is confirmed.
//
// An exception in a progress function cancels the run, and the call throws it. An exception in a log function does not
// cancel the run; the call throws it once the run has ended. For threads, fork and signals see usercom.h.
#ifndef USERCOM_HPP
#define USERCOM_HPP

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <exception>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <locale>
#include <memory>
#include <optional>
#include <ratio>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>
#if defined(__has_include)
#if __has_include(<version>)
#include <version>
#endif
#endif
#if defined(__cpp_lib_ranges)
#include <ranges>
#endif

#include <usercom.h>

// Where Arrow is installed, its own header, which defines more under the same guards. Else what
// https://arrow.apache.org/docs/format/CDataInterface.html says, to be copied.
#if __has_include(<arrow/c/abi.h>)
#include <arrow/c/abi.h>
#endif
extern "C" {
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE
#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4
struct ArrowSchema {
    const char *format, *name, *metadata;
    std::int64_t flags, n_children;
    struct ArrowSchema **children, *dictionary;
    void (*release)(struct ArrowSchema*);
    void* private_data;
};
struct ArrowArray {
    std::int64_t length, null_count, offset, n_buffers, n_children;
    const void** buffers;
    struct ArrowArray **children, *dictionary;
    void (*release)(struct ArrowArray*);
    void* private_data;
};
#endif
#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE
struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream*, struct ArrowSchema* out);
    int (*get_next)(struct ArrowArrayStream*, struct ArrowArray* out);
    const char* (*get_last_error)(struct ArrowArrayStream*);
    void (*release)(struct ArrowArrayStream*);
    void* private_data;
};
#endif
}

namespace usercom {

// ---- reports and exceptions -----------------------------------------------------------------------------------

/// A rejected or unknown id.
struct Failure {
    std::size_t index;         ///< Its position in the input, counted from 0.
    uc_id_state state;         ///< UC_ID_REJECTED or UC_ID_UNKNOWN.
    int http_status;           ///< 0 if there was no response.
    std::string_view message;  ///< Lives as long as the report.
    std::string_view id;       ///< As text, also one of your own. Lives as long as the report.
};

/// An id that was read back with another value than was sent. Both are JSON, at most 256 characters, and live as long as
/// the report; `null` is stored where there is none.
struct Difference {
    std::size_t index;  ///< Its position in the input, counted from 0.
    std::string_view sent;
    std::string_view stored;
};

/// The result of a run and of each of its ids. Cheap to copy; outlives its client. Texts and failures are borrowed from
/// the report, so they can't be taken from a temporary one: give it a name.
class Report {
public:
    /// Takes over a report that C gave.
    explicit Report(uc_report* report) : report_(report, uc_report_free) {}

    uc_status status() const { return static_cast<uc_status>(uc_report_status(get())); }
    std::string_view message() const& { return uc_report_message(get()); }
    std::string_view message() const&& = delete;
    std::size_t total() const { return uc_report_total(get()); }
    std::size_t confirmed() const { return uc_report_confirmed(get()); }
    std::size_t rejected() const { return uc_report_rejected(get()); }
    std::size_t unknown() const { return uc_report_unknown(get()); }
    std::size_t not_attempted() const { return uc_report_not_attempted(get()); }
    std::size_t requests() const { return uc_report_requests(get()); }
    /// Ids that were read back and had the value that was sent; see RunOptions::verify.
    std::size_t verified() const { return uc_report_verified(get()); }
    /// Ids that were read back and had another value, also after some time.
    std::size_t mismatched() const { return uc_report_mismatched(get()); }
    /// The first ten of them.
    std::vector<Difference> mismatches() const& {
        std::vector<Difference> all;
        std::size_t index = 0;
        const char *sent = "", *stored = "";
        for (std::size_t k = 0; uc_report_mismatch(get(), k, &index, &sent, &stored) == UC_STATUS_OK; k++)
            all.push_back({index, sent, stored});
        return all;
    }
    std::vector<Difference> mismatches() const&& = delete;
    /// For people: how the run ended, the numbers, the notes, the first ten failures, a line each.
    std::string_view text() const& { return uc_report_text(get()); }
    std::string_view text() const&& = delete;
    std::string_view json() const& { return uc_report_json(get()); }
    std::string_view json() const&& = delete;

    /// Of the id at this position; throws std::out_of_range.
    uc_id_state state(std::size_t index) const {
        int state = uc_report_state(get(), index);
        if (state < 0) throw std::out_of_range("usercom::Report::state");
        return static_cast<uc_id_state>(state);
    }

    /// A uc_id_state for each position, in a byte each.
    std::vector<std::uint8_t> states() const {
        std::vector<std::uint8_t> states(total());
        uc_report_states(get(), states.data(), states.size());
        return states;
    }

    /// The rejected and unknown ids, in input order. Their messages live as long as the report.
    std::vector<Failure> failures() const& {
        std::vector<Failure> failures(uc_report_failure_count(get()));
        for (std::size_t k = 0; k < failures.size(); k++) {
            Failure& failure = failures[k];
            const char* message = "";
            uc_report_failure(get(), k, &failure.index, &failure.http_status, &message);
            failure.message = message;
            failure.id = uc_report_failure_id(get(), k);
            failure.state = static_cast<uc_id_state>(uc_report_state(get(), failure.index));
        }
        return failures;
    }
    std::vector<Failure> failures() const&& = delete;

    /// Throws PartialUpdate, or Mismatch, unless every id is confirmed or the run was a dry run. Returns this report
    /// otherwise.
    const Report& throw_for_failures() const&;
    Report throw_for_failures() && { return std::as_const(*this).throw_for_failures(); }

    const uc_report* get() const& { return report_.get(); }
    const uc_report* get() const&& = delete;

private:
    std::shared_ptr<const uc_report> report_;
};

/// Everything that usercom throws. `what()` says which argument or what happened.
class Error : public std::runtime_error {
public:
    Error(int status, const std::string& message) : std::runtime_error(message), status_(status) {}
    explicit Error(const Report& report)
        : std::runtime_error(std::string(report.message())),
          status_(report.status()),
          report_(std::make_shared<const Report>(report)) {}

    uc_status status() const { return static_cast<uc_status>(status_); }
    /// NULL if the call was not a run.
    const Report* report() const { return report_.get(); }

private:
    int status_;
    std::shared_ptr<const Report> report_;
};

/// An argument is invalid. Nothing was sent.
class InvalidArgument : public Error {
    using Error::Error;
};
/// The run completed, and some ids are rejected or unknown.
class PartialUpdate : public Error {
    using Error::Error;
};
/// The run completed, and the service holds other values than those that were sent; see RunOptions::verify_strict.
class Mismatch : public Error {
    using Error::Error;
};
/// The run stopped early; `report()` says what was confirmed until then.
class Stopped : public Error {
    using Error::Error;
};

inline const Report& Report::throw_for_failures() const& {
    if (status() == UC_STATUS_MISMATCH) throw Mismatch(*this);
    if (status() != UC_STATUS_OK && status() != UC_STATUS_DRY_RUN) throw PartialUpdate(*this);
    return *this;
}

namespace detail {

inline void check(int status) {
    if (status == UC_STATUS_OK) return;
    if (status == UC_STATUS_INVALID_ARGUMENT) throw InvalidArgument(status, uc_last_error());
    throw Error(status, uc_last_error());
}

[[noreturn]] inline void invalid(const std::string& message) {
    throw InvalidArgument(UC_STATUS_INVALID_ARGUMENT, message);
}

/// What was moved from has no options: a call with it would use the defaults, and send where a dry run was meant.
template <class T>
const T* present(const T* handle, const char* name) {
    if (handle == nullptr) invalid(std::string(name) + ": was moved from; use the object that it was moved to");
    return handle;
}

template <class T, class... Others>
constexpr bool is_one_of = (std::is_same_v<T, Others> || ...);

/// A character is an integer for the language, and a text for people.
template <class T>
constexpr bool is_character = is_one_of<T, char, wchar_t, char16_t, char32_t
#if defined(__cpp_char8_t)
                                        ,
                                        char8_t
#endif
                                        >;

/// An integer that is meant as a number.
template <class T>
constexpr bool is_number = std::is_integral_v<T> && !std::is_same_v<T, bool> && !is_character<T>
                           && sizeof(T) <= sizeof(std::int64_t);

/// A whole number for an option, of any integer type. The library checks it.
class Count {
public:
    template <class T, std::enable_if_t<is_number<T>, int> = 0>
    Count(T number) : json_(std::to_string(number)) {}

    const char* json() const { return json_.c_str(); }

private:
    std::string json_;
};

/// A time for an option: whole milliseconds. Less than none is none, and more than fits is the most.
class Time {
public:
    template <class Rep, class Period,
              std::enable_if_t<std::is_integral_v<Rep>
                                   && std::is_convertible_v<std::chrono::duration<Rep, Period>,
                                                            std::chrono::milliseconds>,
                               int> = 0>
    Time(std::chrono::duration<Rep, Period> time) {
        constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
        constexpr auto each = static_cast<std::uint64_t>(std::ratio_divide<Period, std::milli>::num);
        if (time.count() > 0) {
            const auto count = static_cast<std::uint64_t>(time.count());
            ms_ = count > most / each ? most : count * each;
        }
        json_ = std::to_string(ms_);
    }

    std::uint64_t ms() const { return ms_; }
    const char* json() const { return json_.c_str(); }

private:
    std::uint64_t ms_ = 0;
    std::string json_;
};

inline std::string rate(const Count& requests, const Time& per) {
    return std::string("{\"requests\":") + requests.json() + ",\"per_ms\":" + per.json() + "}";
}

/// An id of any integer type, at this position.
template <class T>
std::int64_t id(T number, std::size_t position) {
    static_assert(is_number<T>, "an id is an integer: no floating-point number, bool or character");
    if constexpr (std::is_unsigned_v<T> && sizeof(T) >= sizeof(std::int64_t))
        if (number > static_cast<T>(std::numeric_limits<std::int64_t>::max()))
            invalid("ids: the id at position " + std::to_string(position) + " (counted from 0) is "
                    + std::to_string(number) + "; the largest possible one is 9223372036854775807");
    return static_cast<std::int64_t>(number);
}

/// An id in a list. A list of std::int64_t would take what a compiler converts with only a warning.
class Id {
public:
    template <class T, std::enable_if_t<is_number<T>, int> = 0>
    Id(T number) : number_(static_cast<std::int64_t>(number)), is_large_(std::is_unsigned_v<T> && number_ < 0) {}

    std::int64_t at(std::size_t position) const {
        return is_large_ ? id(static_cast<std::uint64_t>(number_), position) : number_;
    }

private:
    std::int64_t number_;
    bool is_large_;
};

/// A custom id of any text type, at this position.
template <class T>
std::string_view custom_id(const T& id, std::size_t position) {
    static_assert(std::is_convertible_v<const T&, std::string_view>, "a custom id is a text");
    const auto problem = [position](const char* what) {
        invalid("custom_ids: the id at position " + std::to_string(position) + " (counted from 0) " + what);
    };
    if constexpr (std::is_pointer_v<T>)
        if (id == nullptr) problem("is NULL");
    const std::string_view text = id;
    if (text.find('\0') != std::string_view::npos) problem("has a NUL character inside");
    return text;
}

template <class T>
T* made(T* handle) {
    if (handle == nullptr) throw std::bad_alloc();
    return handle;
}

/// No exception may pass through C: the first one of a call is kept here until the call has returned.
struct Call {
    std::exception_ptr thrown;
    Call* outer;

    Call() : outer(current()) { current() = this; }
    ~Call() { current() = outer; }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    static Call*& current() {
        thread_local Call* innermost = nullptr;
        return innermost;
    }
    static void keep(std::exception_ptr thrown) noexcept {
        if (current() != nullptr && !current()->thrown) current()->thrown = std::move(thrown);
    }
};

template <class Range>
using iterator = decltype(std::begin(std::declval<Range&>()));
template <class Range>
using element = std::remove_cv_t<std::remove_reference_t<decltype(*std::declval<iterator<Range>>())>>;

/// Whether elements stay where they are when a range of this type, as it was given, has been gone through.
template <class Range>
constexpr bool is_kept =
#if defined(__cpp_lib_ranges)
    std::ranges::borrowed_range<Range>;
#else
    std::is_lvalue_reference_v<Range>;
#endif

}  // namespace detail

// ---- texts, values and ids ------------------------------------------------------------------------------------

/// Text for one call. NULL is passed on: the call says whether it is invalid, and names the argument.
class Text {
public:
    Text(const char* text) : text_(text) {}  // NOLINT: implicit on purpose
    Text(std::string&& text) : own_(std::move(text)), text_(own_.c_str()) { check_no_nul(own_); }
    Text(const std::string& text) : text_(text.c_str()) { check_no_nul(text); }
    Text(std::string_view text) : own_(text), text_(own_.c_str()) { check_no_nul(text); }
    Text(const Text&) = delete;
    Text& operator=(const Text&) = delete;

    const char* c_str() const { return text_; }

    /// A NUL ends the text for C: only the part before it would be sent.
    static void check_no_nul(std::string_view text) {
        if (text.find('\0') != std::string_view::npos) detail::invalid("text: has a NUL character inside");
    }

private:
    std::string own_;
    const char* text_;
};

/// The value of an attribute, as JSON. docs/values.md says what each type becomes.
class Value {
public:
    Value(const void*) = delete;  // would be a bool
    template <class T, std::enable_if_t<detail::is_character<T>, int> = 0>
    Value(T) = delete;  // a number or a text?
    template <class T, std::enable_if_t<std::is_same_v<T, bool>, int> = 0>
    Value(T value) : json_(value ? "true" : "false") {}
    Value(std::vector<bool>::reference value) : Value(static_cast<bool>(value)) {}
    template <class T, std::enable_if_t<detail::is_number<T>, int> = 0>
    Value(T value) : json_(std::to_string(value)) {}
    template <class T, std::enable_if_t<detail::is_one_of<T, float, double>, std::nullptr_t> = nullptr>
    Value(T value) : json_(number(value)) {}
    Value(const char* text) {
        if (text == nullptr) detail::invalid("value: is NULL");
        json_ = quoted(text);
    }
    Value(const std::string& text) : json_(quoted(text)) {}
    Value(std::string_view text) : json_(quoted(text)) {}
    /// Several choices of an attribute of the fixed kind.
    Value(const std::vector<std::string>& choices) {
        for (const std::string& choice : choices) json_ += (json_.empty() ? "[" : ",") + quoted(choice);
        json_ += choices.empty() ? "[]" : "]";
    }
    /// A date and time, sent in UTC with `Z` and no, 3, 6 or 9 digits of the second. A system_clock::time_point may end
    /// in the year 2262; std::chrono::time_point<system_clock, seconds> has every year.
    template <class Rep, class Period, std::enable_if_t<std::is_integral_v<Rep>, int> = 0>
    Value(std::chrono::time_point<std::chrono::system_clock, std::chrono::duration<Rep, Period>> time)
        : json_(rfc3339(time.time_since_epoch())) {}
#if defined(__cpp_lib_chrono) && __cpp_lib_chrono >= 201907L
    Value(std::chrono::year_month_day day)
        : Value(date(static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                     static_cast<unsigned>(day.day()))) {}
#endif

    /// A date, year 1 to 9999; throws InvalidArgument if there is no such date.
    template <class Year, class Month, class Day>
    static Value date(Year year, Month month, Day day) {
        static_assert(detail::is_number<Year> && detail::is_number<Month> && detail::is_number<Day>,
                      "a date is made of integers");
        const auto is_in = [](auto number, unsigned last) { return number >= 1 && static_cast<std::uint64_t>(number) <= last; };
        if (!is_in(year, 9999) || !is_in(month, 12) || !is_in(day, 31)) no_such_date();
        const auto y = static_cast<unsigned>(year), m = static_cast<unsigned>(month), d = static_cast<unsigned>(day);
        const bool leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
        const unsigned days[] = {31u, leap ? 29u : 28u, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        if (d > days[m - 1]) no_such_date();
        char text[40];
        std::snprintf(text, sizeof text, "\"%04u-%02u-%02u\"", y, m, d);
        return json(text);
    }

    /// JSON that is sent as written: `json("0.10")`, `json("null")`.
    static Value json(std::string text) {
        Text::check_no_nul(text);
        Value value(false);
        value.json_ = std::move(text);
        return value;
    }

    const std::string& json() const& { return json_; }
    std::string json() && { return std::move(json_); }

private:
    [[noreturn]] static void no_such_date() { detail::invalid("value: there is no such date; use years 1 to 9999"); }

    /// The fewest digits that are read back as the same number, laid out as the library does it for Rust. NaN and the
    /// infinities do not exist in JSON: the library returns the error for them.
    template <class T>
    static std::string number(T value) {
        if (std::isnan(value)) return "NaN";
        if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
        const std::string sign = std::signbit(value) ? "-" : "";
        if (value == 0) return sign + "0.0";
        // Such as 1.25e-07
        const std::string text = scientific(std::fabs(value));
        const std::size_t e = text.find('e');
        std::string digits = text.substr(0, 1);
        if (e > 2) digits += text.substr(2, e - 2);
        digits.erase(digits.find_last_not_of('0') + 1);
        // How many digits are before the point: 0 in 0.12, -1 in 0.012.
        const int point = std::stoi(text.substr(e + 1)) + 1, count = static_cast<int>(digits.size());
        if (point > 16 || point < -4) {
            if (count > 1) digits.insert(1, ".");
            return sign + digits + (point > 0 ? "e+" : "e") + std::to_string(point - 1);
        }
        if (point <= 0) return sign + "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
        if (point >= count) return sign + digits + std::string(static_cast<std::size_t>(point - count), '0') + ".0";
        return sign + digits.insert(static_cast<std::size_t>(point), ".");
    }

    template <class T>
    static std::string scientific(T value) {
#if defined(__cpp_lib_to_chars)
        char text[64];
        return std::string(text, std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr);
#else
        return tried(value);
#endif
    }

    /// Without the charconv of numbers with a fraction. Beside a power of two the nearest text may be read back as
    /// another number when its neighbour is not.
    template <class T>
    static std::string tried(T value) {
        for (int digits = 1;; digits++) {
            std::ostringstream out;
            out.imbue(std::locale::classic());  // another locale may write a comma
            out << std::scientific;
            out.precision(digits - 1);
            out << value;
            const std::string nearest = out.str();
            if (digits >= std::numeric_limits<T>::max_digits10 || read<T>(nearest) == value) return nearest;
            std::string above = nearest;
            char& last = above[above.find('e') - 1];
            if (last != '9' && last != '.') {
                last++;
                if (read<T>(above) == value) return above;
            }
        }
    }

    template <class T>
    static T read(const std::string& text) {
        std::istringstream in(text);
        in.imbue(std::locale::classic());
        T value = 0;
        in >> value;
        return value;
    }

    static std::string quoted(std::string_view text) {
        static const char named[] = "\bb\ff\nn\rr\tt";
        std::string json = "\"";
        for (char c : text) {
            const char* name = nullptr;
            for (const char* pair = named; *pair != '\0'; pair += 2)
                if (*pair == c) name = pair + 1;
            if (c == '"' || c == '\\') {
                json += '\\';
                json += c;
            } else if (name != nullptr) {
                json += '\\';
                json += *name;
            } else if (static_cast<unsigned char>(c) < 0x20) {
                char escape[8];
                std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(static_cast<unsigned char>(c)));
                json += escape;
            } else {
                json += c;
            }
        }
        return json + '"';
    }

    /// In the clock's own unit until the day is known: nanoseconds, for one, end in 2262.
    template <class Rep, class Period>
    static std::string rfc3339(std::chrono::duration<Rep, Period> since_epoch) {
        using Ticks = std::ratio_divide<std::ratio<86400>, Period>;
        using Nanoseconds = std::ratio_divide<Period, std::nano>;
        static_assert(Ticks::den == 1 && Nanoseconds::den == 1,
                      "a time is counted in days or parts of it, down to nanoseconds: use time_point_cast");
        const auto count = static_cast<std::int64_t>(since_epoch.count());
        const std::int64_t rest = count % Ticks::num, days = count / Ticks::num - (rest < 0);
        // 0001-01-01 and 9999-12-31
        if (days < -719162 || days > 2932896 || (since_epoch.count() > 0 && count < 0))
            detail::invalid("value: the date & time is outside the years 1 to 9999 in UTC");
        const std::int64_t in_day = (rest < 0 ? rest + Ticks::num : rest) * Nanoseconds::num;
        const auto second = static_cast<int>(in_day / 1000000000), fraction = static_cast<int>(in_day % 1000000000);
        // Days to a date of the civil calendar, in eras of 400 years that begin in March.
        const std::int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
        const auto doe = static_cast<unsigned>(z - era * 146097);
        const unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
        const unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
        const unsigned day = doy - (153 * mp + 2) / 5 + 1, month = mp < 10 ? mp + 3 : mp - 9;
        std::string text = date(yoe + era * 400 + (month <= 2), month, day).json();
        text.pop_back();
        char clock[40];
        std::snprintf(clock, sizeof clock, "T%02d:%02d:%02d", second / 3600, second / 60 % 60, second % 60);
        text += clock;
        if (fraction != 0) {
            std::snprintf(clock, sizeof clock, ".%09d", fraction);
            text.append(clock, fraction % 1000000 == 0 ? 4 : fraction % 1000 == 0 ? 7 : 10);
        }
        return text + "Z\"";
    }

    std::string json_;
};

/// Numeric ids for one call: a list, a pointer and a size, two iterators, or any range of integers. Contiguous
/// std::int64_t of an object with a name are not copied, and must live until the call returns.
class Ids {
public:
    Ids(const std::int64_t* ids, std::size_t n) : ids_(ids), n_(n) {}
    Ids(std::initializer_list<detail::Id> ids) {
        for (const detail::Id& id : ids) own_.push_back(id.at(own_.size()));
        ids_ = own_.data();
        n_ = own_.size();
    }
    template <class Range, std::enable_if_t<detail::is_number<detail::element<Range>>, int> = 0>
    Ids(Range&& ids) {
        if constexpr (std::is_same_v<Range, std::vector<std::int64_t>>) {
            own_ = std::move(ids);
            ids_ = own_.data();
            n_ = own_.size();
        } else if constexpr (detail::is_kept<Range> && is_contiguous<Range>::value) {
            ids_ = std::data(ids);
            n_ = std::size(ids);
        } else {
            copy(std::begin(ids), std::end(ids));
        }
    }
    template <class Iterator, class Number = typename std::iterator_traits<Iterator>::value_type,
              std::enable_if_t<detail::is_number<Number>, int> = 0>
    Ids(Iterator first, Iterator last) {
        copy(first, last);
    }
    Ids(const Ids&) = delete;
    Ids& operator=(const Ids&) = delete;

    const std::int64_t* data() const { return ids_; }
    std::size_t size() const { return n_; }

private:
    template <class Range, class = void>
    struct is_contiguous : std::false_type {};
    template <class Range>
    struct is_contiguous<Range, std::void_t<decltype(std::data(std::declval<Range&>())),
                                            decltype(std::size(std::declval<Range&>()))>>
        : std::is_convertible<decltype(std::data(std::declval<Range&>())), const std::int64_t*> {};

    template <class Iterator, class End>
    void copy(Iterator first, End last) {
        for (; first != last; ++first) own_.push_back(detail::id(*first, own_.size()));
        ids_ = own_.data();
        n_ = own_.size();
    }

    std::vector<std::int64_t> own_;
    const std::int64_t* ids_ = nullptr;
    std::size_t n_ = 0;
};

/// Your own ids for one call: a list, or any range of texts. A range of std::string that has a name is not copied, and
/// must live until the call returns.
class CustomIds {
public:
    CustomIds(std::initializer_list<std::string_view> ids) { add<const std::initializer_list<std::string_view>&>(ids); }
    template <class Range, std::enable_if_t<std::is_convertible_v<detail::element<Range>, std::string_view>, int> = 0>
    CustomIds(Range&& ids) {
        add<Range>(ids);
    }
    CustomIds(const CustomIds&) = delete;
    CustomIds& operator=(const CustomIds&) = delete;

    const char* const* data() const { return ids_.data(); }
    std::size_t size() const { return ids_.size(); }

private:
    template <class Range>
    void add(std::remove_reference_t<Range>& ids) {
        // An iterator of a single pass may show each text in the same place.
        using Category = typename std::iterator_traits<detail::iterator<Range>>::iterator_category;
        constexpr bool stays = detail::is_kept<Range> && std::is_base_of_v<std::forward_iterator_tag, Category>;
        for (auto&& id : ids) {
            const std::string_view text = detail::custom_id(id, ids_.size());
            using Id = decltype(id);
            if constexpr (stays && std::is_lvalue_reference_v<Id>
                          && std::is_same_v<std::remove_cv_t<std::remove_reference_t<Id>>, std::string>)
                ids_.push_back(id.c_str());
            else
                ids_.push_back(own_.emplace_back(text).c_str());
        }
    }

    std::deque<std::string> own_;  // whose elements stay where they are
    std::vector<const char*> ids_;
};

/// Columns for one call, in the Arrow C stream or C data interface: those of a data frame, a database, a query engine.
/// They are moved out of the caller's structures, whose `release` is NULL afterwards, and released once, whatever becomes
/// of the call. `na` is "skip" or "error": see uc_client_mass_update_arrow.
class ArrowColumns {
public:
    ArrowColumns(ArrowArrayStream* stream, const char* na = nullptr) : na_(na) { take(stream_, stream, "stream"); }
    /// An array and its schema, which are moved both or, where this throws, not at all.
    ArrowColumns(ArrowArray* array, ArrowSchema* schema, const char* na = nullptr) : na_(na) {
        if (schema == nullptr || schema->release == nullptr) detail::invalid(std::string("schema: ") + gone);
        take(array_, array, "array");
        take(schema_, schema, "schema");
        stream_ = {[](ArrowArrayStream* of, ArrowSchema* out) { return give(self(of)->schema_, out); },
                   [](ArrowArrayStream* of, ArrowArray* out) { return give(self(of)->array_, out); },
                   [](ArrowArrayStream*) -> const char* { return nullptr; },
                   [](ArrowArrayStream* of) { of->release = nullptr; }, this};
    }
    ArrowColumns(const ArrowColumns&) = delete;
    ArrowColumns& operator=(const ArrowColumns&) = delete;
    ~ArrowColumns() {
        if (stream_.release != nullptr) stream_.release(&stream_);
        if (array_.release != nullptr) array_.release(&array_);
        if (schema_.release != nullptr) schema_.release(&schema_);
    }

    ArrowArrayStream* get() & { return &stream_; }
    const char* na() const { return na_; }

private:
    static constexpr const char* gone = "is NULL or was released already";

    static ArrowColumns* self(ArrowArrayStream* stream) { return static_cast<ArrowColumns*>(stream->private_data); }
    template <class T>
    static void take(T& own, T* from, const char* name) {
        if (from == nullptr || from->release == nullptr) detail::invalid(std::string(name) + ": " + gone);
        give(*from, &own);
    }
    /// Moves it, as the interface allows. What was given already is a released one, which ends the stream.
    template <class T>
    static int give(T& from, T* out) {
        *out = from;
        from.release = nullptr;
        return 0;
    }

    ArrowArrayStream stream_{};
    ArrowArray array_{};
    ArrowSchema schema_{};
    const char* na_;
};

// ---- options ----------------------------------------------------------------------------------------------------

/// Options of a client. An invalid value throws InvalidArgument and leaves the option as it was. Setters of a
/// temporary object return it by value, so `const auto& options = Options().workers(2);` does not dangle.
class Options {
public:
    /// 1 error to 5 trace, and the line.
    using Log = std::function<void(int level, std::string_view message)>;

    Options() : options_(detail::made(uc_options_new()), uc_options_free) {}

    // generated: client options, from src/interface by `make generate`; do not edit
    /// Another address for the service: scheme, host and port only. Plain http is accepted for loopback addresses
    /// only. One-shot calls and the `usercom` command also read a loopback address from USERCOM_BASE_URL; a client
    /// that you make does not. Default: `https://SUBDOMAIN.user.com`.
    Options& base_url(const Text& url) & { return did(uc_options_set_base_url(options_.get(), url.c_str())); }
    Options base_url(const Text& url) && { return std::move(this->base_url(url)); }
    /// The HTTP method. The vendor's page says PUT, its code samples send POST. The library never changes from one to
    /// the other on its own. Range: PUT or POST. Default: PUT.
    Options& method(const Text& method) & { return did(uc_options_set_method(options_.get(), method.c_str())); }
    Options method(const Text& method) && { return std::move(this->method(method)); }
    /// The version of the API to ask for in the Accept header. Range: 0 to 4,294,967,295. Default: none (0).
    Options& api_version(const detail::Count& version) & {
        return did(uc_options_set(options_.get(), "api_version", version.json()));
    }
    Options api_version(const detail::Count& version) && { return std::move(this->api_version(version)); }
    /// Maximum wait for the first byte of a response. The other phases of a request have fixed limits: 10 s to
    /// connect, 30 s to send, 30 s for the rest of the response. Range: 1 ms to 1 h. Default: 60 s.
    Options& request_timeout(const detail::Time& time) & {
        return did(uc_options_set_request_timeout_ms(options_.get(), time.ms()));
    }
    Options request_timeout(const detail::Time& time) && { return std::move(this->request_timeout(time)); }
    /// Maximum number of ids per request. A request body is never larger than 256 KiB. Range: 1 to 10,000 ids.
    /// Default: 1,000 ids.
    Options& batch_size(const detail::Count& ids) & {
        return did(uc_options_set(options_.get(), "batch_size", ids.json()));
    }
    Options batch_size(const detail::Count& ids) && { return std::move(this->batch_size(ids)); }
    /// Maximum number of requests in flight at once. Threads start only when they are needed and end with the run.
    /// Range: 1 to 32 workers. Default: 8 workers.
    Options& workers(const detail::Count& workers) & {
        return did(uc_options_set(options_.get(), "workers", workers.json()));
    }
    Options workers(const detail::Count& workers) && { return std::move(this->workers(workers)); }
    /// Maximum number of requests per unit of time, evenly spaced. All clients and threads of the process that use the
    /// same host and token share it. A wait that the service asks for is obeyed in any case; one longer than the stall
    /// timeout ends the run with `UC_STATUS_RATE_LIMITED` after a 429, else with `UC_STATUS_SERVER`. Range: 0.1 to
    /// 1,000 requests per second; 0 is no limit. Default: 5 requests per second.
    Options& rate_limit(const detail::Count& requests, const detail::Time& per = std::chrono::seconds(1)) & {
        return did(uc_options_set(options_.get(), "rate_limit", detail::rate(requests, per).c_str()));
    }
    Options rate_limit(const detail::Count& requests, const detail::Time& per = std::chrono::seconds(1)) && {
        return std::move(this->rate_limit(requests, per));
    }
    /// Who shares the rate limit and the waits that the service asks for: with `process` this process, with `host` all
    /// processes of this user on this machine that use the same host and token. They share a small file. If it can't
    /// be used, a note in the report says why, and the process keeps the rate limit alone. Range: process or host.
    /// Default: process.
    Options& rate_limit_scope(const Text& scope) & {
        return did(uc_options_set_rate_limit_scope(options_.get(), scope.c_str()));
    }
    Options rate_limit_scope(const Text& scope) && { return std::move(this->rate_limit_scope(scope)); }
    /// The directory of the shared file when the rate limit scope is `host`. It must belong to this user alone, mode
    /// 0700; it is created if its parent exists. Default: /run/user/UID/usercom if /run/user/UID exists, else
    /// /tmp/usercom-UID.
    Options& rate_limit_dir(const Text& path) & {
        return did(uc_options_set_rate_limit_dir(options_.get(), path.c_str()));
    }
    Options rate_limit_dir(const Text& path) && { return std::move(this->rate_limit_dir(path)); }
    /// Maximum number of attempts per batch. Failures while the whole service is down are not counted. Batches that
    /// have used up their attempts get the same number once more at the end of the run. Range: 1 to 20 attempts.
    /// Default: 8 attempts.
    Options& max_attempts(const detail::Count& attempts) & {
        return did(uc_options_set(options_.get(), "max_attempts", attempts.json()));
    }
    Options max_attempts(const detail::Count& attempts) && { return std::move(this->max_attempts(attempts)); }
    /// The proxy for https requests: `http://[user:password@]host:port`. An empty string connects directly. Default:
    /// https_proxy or HTTPS_PROXY, except for the hosts in no_proxy or NO_PROXY.
    Options& proxy(const Text& url) & { return did(uc_options_set_proxy(options_.get(), url.c_str())); }
    Options proxy(const Text& url) && { return std::move(this->proxy(url)); }
    /// A PEM file with the certificates to trust instead of this machine's. It is read when the option is set.
    /// Default: the certificates of this machine.
    Options& ca_file(const Text& path) & { return did(uc_options_set_ca_file(options_.get(), path.c_str())); }
    Options ca_file(const Text& path) && { return std::move(this->ca_file(path)); }
    // end of client options

    Options& no_rate_limit() & { return rate_limit(0); }
    Options no_rate_limit() && { return std::move(this->no_rate_limit()); }
    /// Any option by its name in usercom.json, to a JSON value, such as those of a configuration file.
    Options& set(const Text& name, const Text& json) & {
        return did(uc_options_set(options_.get(), name.c_str(), json.c_str()));
    }
    Options set(const Text& name, const Text& json) && { return std::move(this->set(name, json)); }
    /// A function for log lines up to `max_level`.
    Options& log(Log log, int max_level = 3) & {
        auto kept = std::make_shared<Log>(std::move(log));
        did(uc_options_set_log(options_.get(), write, kept.get(), max_level));
        log_ = std::move(kept);
        return *this;
    }
    Options log(Log log, int max_level = 3) && { return std::move(this->log(std::move(log), max_level)); }

    const uc_options* get() const& { return detail::present(options_.get(), "options"); }
    const uc_options* get() const&& = delete;

private:
    friend class Client;

    Options& did(int status) {
        detail::check(status);
        return *this;
    }
    static void write(void* log, int level, const char* message) noexcept {
        try {
            (*static_cast<Log*>(log))(level, message);
        } catch (...) {
            detail::Call::keep(std::current_exception());
        }
    }

    std::unique_ptr<uc_options, void (*)(uc_options*)> options_;
    std::shared_ptr<Log> log_;
};

/// Cancels runs from any thread or from a signal handler. Copies cancel the same runs.
class Cancel {
public:
    Cancel() : cancel_(detail::made(uc_cancel_new()), uc_cancel_free) {}
    Cancel(const Cancel&) = default;  // and no move, which would leave a handle that cancels nothing
    Cancel& operator=(const Cancel&) = default;

    void request() noexcept { uc_cancel_request(cancel_.get()); }
    const uc_cancel* get() const& { return cancel_.get(); }
    const uc_cancel* get() const&& = delete;

private:
    friend class Client;
    friend class RunOptions;

    std::shared_ptr<uc_cancel> cancel_;
};

/// The progress of a run. Valid during the callback only.
class Progress {
public:
    explicit Progress(const uc_progress* progress) : progress_(progress) {}
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    std::size_t done() const { return uc_progress_done(progress_); }
    std::size_t total() const { return uc_progress_total(progress_); }
    std::size_t confirmed() const { return uc_progress_confirmed(progress_); }
    std::size_t rejected() const { return uc_progress_rejected(progress_); }
    std::size_t requests() const { return uc_progress_requests(progress_); }
    /// About how many ids are bad: those that were rejected, and those that are expected among the others.
    std::size_t expected_rejected() const { return uc_progress_expected_rejected(progress_); }
    /// About how many more requests the run needs.
    std::size_t requests_left() const { return uc_progress_requests_left(progress_); }
    /// About how long the rest of the run takes.
    std::chrono::milliseconds time_left() const {
        return std::chrono::milliseconds(uc_progress_time_left_ms(progress_));
    }
    std::chrono::milliseconds waiting() const {
        return std::chrono::milliseconds(uc_progress_waiting_ms(progress_));
    }

private:
    const uc_progress* progress_;
};

/// Options of runs. May be used for many runs, also at the same time. Setters as those of Options.
class RunOptions {
public:
    RunOptions() : options_(detail::made(uc_run_options_new()), uc_run_options_free) {}

    // generated: run options, from src/interface by `make generate`; do not edit
    /// Maximum duration of the whole call, waits and retries included. Requests in flight then get up to 5 s more.
    /// Looking up a host name, for which the system sets the limit, and connecting, up to 10 s, can't be interrupted.
    /// The run ends with `UC_STATUS_DEADLINE`. Default: no limit. Zero or less has passed at once.
    RunOptions& deadline(const detail::Time& time) & {
        return did(uc_run_options_set(options_.get(), "deadline_ms", time.json()));
    }
    RunOptions deadline(const detail::Time& time) && { return std::move(this->deadline(time)); }
    /// The run stops early after this long without progress: no batch was confirmed or rejected. The status is that of
    /// the last error: `UC_STATUS_TRANSPORT`, `UC_STATUS_SERVER`, `UC_STATUS_BAD_RESPONSE`, `UC_STATUS_RATE_LIMITED`
    /// or `UC_STATUS_UNAUTHORIZED`. Requests in flight are waited for, each within its own limits. A value below the
    /// time of 21 requests at the configured rate is raised to that time, 4.2 s at 5 per second. Range: 1 s to 24 h.
    /// Default: 120 s.
    RunOptions& stall_timeout(const detail::Time& time) & {
        return did(uc_run_options_set_stall_timeout_ms(options_.get(), time.ms()));
    }
    RunOptions stall_timeout(const detail::Time& time) && { return std::move(this->stall_timeout(time)); }
    /// Maximum number of requests of the run. A run that reaches it stops early with `UC_STATUS_REQUEST_LIMIT`. The
    /// message says about how many ids are bad and what the rest would take. Range: 1 and more requests. Default: what
    /// finding 5 % of bad ids takes: 38 for 100 ids and 4 per batch, at least 1,000.
    RunOptions& max_requests(const detail::Count& requests) & {
        return did(uc_run_options_set(options_.get(), "max_requests", requests.json()));
    }
    RunOptions max_requests(const detail::Count& requests) && { return std::move(this->max_requests(requests)); }
    /// The run stops early with `UC_STATUS_TOO_MANY_REJECTED` as soon as more ids than this are rejected. Use it where
    /// many bad ids mean that the list is wrong. Up to `Options::workers` requests are in flight then: their ids
    /// count, too. Range: 0 to 4,294,967,295. Default: no limit (0).
    RunOptions& max_rejected(const detail::Count& ids) & {
        return did(uc_run_options_set(options_.get(), "max_rejected", ids.json()));
    }
    RunOptions max_rejected(const detail::Count& ids) && { return std::move(this->max_rejected(ids)); }
    /// Keeps a journal in this directory: repeating the identical call after a crash, a full disk or a cancel resumes
    /// the run. The journal is removed when every id is confirmed or rejected. The directory is created if it does not
    /// exist. While another process or thread runs the identical job, the run ends with `UC_STATUS_BUSY`; if the
    /// journal can't be used, with `UC_STATUS_JOURNAL`. Default: no journal.
    RunOptions& journal_dir(const Text& path) & {
        return did(uc_run_options_set_journal_dir(options_.get(), path.c_str()));
    }
    RunOptions journal_dir(const Text& path) && { return std::move(this->journal_dir(path)); }
    /// Maximum age of an unfinished journal. An older one is renamed and the run starts from the beginning, because
    /// another run may have written newer values since. Range: 1 s to 30 days. Default: 12 h.
    RunOptions& journal_max_age(const detail::Time& time) & {
        return did(uc_run_options_set_journal_max_age_ms(options_.get(), time.ms()));
    }
    RunOptions journal_max_age(const detail::Time& time) && { return std::move(this->journal_max_age(time)); }
    /// The attribute is one that every profile has, such as first_name, and not a custom one. Default: off.
    RunOptions& standard_attributes(bool on = true) & {
        return did(uc_run_options_set_standard_attributes(options_.get(), on));
    }
    RunOptions standard_attributes(bool on = true) && { return std::move(this->standard_attributes(on)); }
    /// Allows the value null. The vendor does not document what null does. Default: off.
    RunOptions& allow_null(bool on = true) & { return did(uc_run_options_set_allow_null(options_.get(), on)); }
    RunOptions allow_null(bool on = true) && { return std::move(this->allow_null(on)); }
    /// Checks the arguments and reports the requests, bytes and seconds of the run, but sends nothing. The run ends
    /// with `UC_STATUS_DRY_RUN`. Default: off.
    RunOptions& dry_run(bool on = true) & { return did(uc_run_options_set_dry_run(options_.get(), on)); }
    RunOptions dry_run(bool on = true) && { return std::move(this->dry_run(on)); }
    /// Before the first request, looks up the attribute's type and compares the values with it. A value that can't be
    /// right ends the call with `UC_STATUS_INVALID_ARGUMENT`: a text that can't be read as the attribute's type, or a
    /// value that is not one of a fixed attribute's choices. Doubts are notes in the report. It costs one request, of
    /// a fixed attribute one more for each 100 attributes, and at most 5 s. A key that can't read costs a note.
    /// Standard attributes are not looked up. Default: off.
    RunOptions& preflight(bool on = true) & { return did(uc_run_options_set_preflight(options_.get(), on)); }
    RunOptions preflight(bool on = true) && { return std::move(this->preflight(on)); }
    /// How many confirmed ids to read back after a completed run, spread evenly. Each is compared with the value that
    /// was sent, as the attribute's type means it. One that differs is read again for 30 s before it counts as a
    /// mismatch, since the service may apply values later. The report has the numbers and the first mismatches; states
    /// and status don't change. A key that can't read costs a note. 0 is none. Range: 0 to 1,000. Default: 0 ids.
    RunOptions& verify(const detail::Count& ids) & {
        return did(uc_run_options_set(options_.get(), "verify", ids.json()));
    }
    RunOptions verify(const detail::Count& ids) && { return std::move(this->verify(ids)); }
    /// A completed run in which `RunOptions::verify` finds a mismatch ends with `UC_STATUS_MISMATCH`. Default: off.
    RunOptions& verify_strict(bool on = true) & { return did(uc_run_options_set_verify_strict(options_.get(), on)); }
    RunOptions verify_strict(bool on = true) && { return std::move(this->verify_strict(on)); }
    // end of run options

    /// Any option by its name in usercom.json, to a JSON value.
    RunOptions& set(const Text& name, const Text& json) & {
        return did(uc_run_options_set(options_.get(), name.c_str(), json.c_str()));
    }
    RunOptions set(const Text& name, const Text& json) && { return std::move(this->set(name, json)); }
    RunOptions& cancel(const Cancel& cancel) & {
        did(uc_run_options_set_cancel(options_.get(), cancel.get()));
        cancel_ = cancel.cancel_;
        return *this;
    }
    RunOptions cancel(const Cancel& cancel) && { return std::move(this->cancel(cancel)); }
    /// A function of a `const Progress&`, called on the thread of the run. It may return a bool: false cancels the
    /// run. An exception cancels the run, too, and the call throws it.
    template <class Function>
    RunOptions& progress(Function function) & {
        using Result = std::invoke_result_t<Function&, const Progress&>;
        static_assert(std::is_void_v<Result> || std::is_same_v<Result, bool>, "return nothing, or false to cancel");
        auto kept = std::make_unique<Tell>([function = std::move(function)](const Progress& progress) mutable {
            if constexpr (std::is_void_v<Result>) {
                function(progress);
                return true;
            } else {
                return function(progress);
            }
        });
        did(uc_run_options_set_progress(options_.get(), tell, kept.get()));
        progress_ = std::move(kept);
        return *this;
    }
    template <class Function>
    RunOptions progress(Function function) && {
        return std::move(this->progress(std::move(function)));
    }

    const uc_run_options* get() const& { return detail::present(options_.get(), "run_options"); }
    const uc_run_options* get() const&& = delete;

private:
    using Tell = std::function<bool(const Progress&)>;

    RunOptions& did(int status) {
        detail::check(status);
        return *this;
    }
    static int tell(void* function, const uc_progress* progress) noexcept {
        if (detail::Call::current() != nullptr && detail::Call::current()->thrown) return 1;
        try {
            return (*static_cast<Tell*>(function))(Progress(progress)) ? 0 : 1;
        } catch (...) {
            detail::Call::keep(std::current_exception());
            return 1;
        }
    }

    std::unique_ptr<uc_run_options, void (*)(uc_run_options*)> options_;
    std::unique_ptr<Tell> progress_;
    std::shared_ptr<uc_cancel> cancel_;  // must live until the run returns
};

// ---- looking at the service -------------------------------------------------------------------------------------

/// What a Check found at one thing.
enum class Finding { ok = 0, warning = 1, failed = 2 };

/// A line of a Check. Its texts live as long as the check.
struct CheckLine {
    Finding finding;
    std::string_view about;  ///< Such as `token`.
    std::string_view text;   ///< A sentence with what to do.
};

/// What Client::check found. Cheap to copy; outlives its client. Texts are borrowed from it, so give it a name.
class Check {
public:
    /// Takes over a check that C gave.
    explicit Check(uc_check* check) : check_(check, uc_check_free) {}

    /// Whether nothing failed; there may be warnings.
    bool passed() const { return status() == UC_STATUS_OK; }
    /// That of an update, as far as the check can tell.
    uc_status status() const { return static_cast<uc_status>(uc_check_status(get())); }
    std::vector<CheckLine> lines() const& {
        std::vector<CheckLine> lines;
        int finding = 0;
        const char *about = "", *text = "";
        for (std::size_t k = 0; k < uc_check_count(get()); k++) {
            uc_check_line(get(), k, &finding, &about, &text);
            lines.push_back({static_cast<Finding>(finding), about, text});
        }
        return lines;
    }
    std::vector<CheckLine> lines() const&& = delete;
    /// All lines for people, each with its finding in front.
    std::string_view text() const& { return uc_check_text(get()); }
    std::string_view text() const&& = delete;
    std::string_view json() const& { return uc_check_json(get()); }
    std::string_view json() const&& = delete;

    const uc_check* get() const& { return check_.get(); }
    const uc_check* get() const&& = delete;

private:
    std::shared_ptr<const uc_check> check_;
};

/// A user of the workspace.
struct User {
    std::int64_t id = 0;
    std::optional<std::string> custom_id;
    std::optional<std::string> email;
    std::string json;  ///< Everything as one line of JSON, with the attributes that were asked for.
};

namespace detail {

/// The users, and the one that was read last.
struct Reading {
    std::shared_ptr<uc_cancel> cancel;  // must outlive the handle
    std::unique_ptr<uc_users, void (*)(uc_users*)> users;
    User user;

    Reading(uc_users* handle, std::shared_ptr<uc_cancel> by)
        : cancel(std::move(by)), users(handle, uc_users_free) {}

    bool read() {
        const char* json = nullptr;
        detail::check(uc_users_next(users.get(), &json));
        if (json == nullptr) return false;
        const auto optional = [](const char* text) {
            return text == nullptr ? std::nullopt : std::optional<std::string>(text);
        };
        user = {uc_users_id(users.get()), optional(uc_users_custom_id(users.get())),
                optional(uc_users_email(users.get())), json};
        return true;
    }
};

}  // namespace detail

/// All users, read page by page while they are iterated over, once: `for (const usercom::User& user : client.users())`.
/// Increments read, and throw what goes wrong; after that, begin() tries the page once more. One thread at a time.
class Users {
public:
    class iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = User;
        using difference_type = std::ptrdiff_t;
        using pointer = const User*;
        using reference = const User&;

        iterator() = default;
        reference operator*() const { return users_->user; }
        pointer operator->() const { return &users_->user; }
        iterator& operator++() {
            if (!users_->read()) users_ = nullptr;
            return *this;
        }
        void operator++(int) { ++*this; }
        friend bool operator==(const iterator& a, const iterator& b) { return a.users_ == b.users_; }
        friend bool operator!=(const iterator& a, const iterator& b) { return a.users_ != b.users_; }

    private:
        friend class Users;
        explicit iterator(detail::Reading* users) : users_(users) {}

        detail::Reading* users_ = nullptr;  // NULL at the end
    };

    /// Takes over a handle that C gave, and keeps what may cancel it.
    explicit Users(uc_users* users, std::shared_ptr<uc_cancel> cancel = nullptr)
        : state_(std::make_unique<detail::Reading>(users, std::move(cancel))) {}

    /// Reads the next user.
    iterator begin() { return ++iterator(state_.get()); }
    iterator end() const { return iterator(); }

    /// From where another Client::users can continue: the page after the one that was read last. "" at the beginning,
    /// nothing at the end. Users of a page that were not taken yet are not in it.
    std::optional<std::string> cursor() const {
        const char* cursor = uc_users_cursor(state_->users.get());
        return cursor == nullptr ? std::nullopt : std::optional<std::string>(cursor);
    }

    /// An attribute of the last user as JSON, whether or not it was asked for; nothing if the user does not have it.
    std::optional<std::string> attribute(const Text& name) const {
        const char* json = uc_users_attribute(state_->users.get(), name.c_str());
        return json == nullptr ? std::nullopt : std::optional<std::string>(json);
    }

private:
    std::unique_ptr<detail::Reading> state_;
};

// ---- the client -------------------------------------------------------------------------------------------------

/// One User.com account. Const: any number of threads may use it at once.
class Client {
public:
    Client(const Text& subdomain, const Text& token, const Options& options = Options()) : log_(options.log_) {
        uc_client* client = nullptr;
        detail::check(uc_client_new(subdomain.c_str(), token.c_str(), options.get(), &client));
        client_.reset(client);
    }

    /// The client that one-line calls share, for each rate limit scope; see Options::rate_limit_scope.
    static Client shared(const Text& subdomain, const Text& token, const Text& rate_limit_scope = nullptr) {
        Client client;
        uc_client* handle = nullptr;
        detail::check(
            uc_client_shared_with_scope(subdomain.c_str(), token.c_str(), rate_limit_scope.c_str(), &handle));
        client.client_.reset(handle);
        return client;
    }

    Report mass_update(const Ids& ids, const Text& attribute, const Value& value,
                       const RunOptions& options = RunOptions()) const {
        return run([&](uc_report** report) {
            return uc_client_mass_update(get(), ids.data(), ids.size(), attribute.c_str(), value.json().c_str(),
                                         options.get(), report);
        });
    }

    Report mass_update_custom_ids(const CustomIds& ids, const Text& attribute, const Value& value,
                                  const RunOptions& options = RunOptions()) const {
        return run([&](uc_report** report) {
            return uc_client_mass_update_custom_ids(get(), ids.data(), ids.size(), attribute.c_str(),
                                                    value.json().c_str(), options.get(), report);
        });
    }

    /// A value for each user: any range of pairs of an id and something that a Value can be made of.
    template <class Rows>
    Report mass_update_rows(const Rows& rows, const Text& attribute, const RunOptions& options = RunOptions()) const {
        Table table;
        std::vector<std::int64_t> ids;
        for (const auto& row : rows) {
            ids.push_back(detail::id(row.first, ids.size()));
            table.add(row.second);
        }
        return run([&](uc_report** report) {
            return uc_client_mass_update_rows(get(), ids.data(), table.index.data(), ids.size(), table.values.data(),
                                              table.values.size(), attribute.c_str(), options.get(), report);
        });
    }

    /// The same for your own ids.
    template <class Rows>
    Report mass_update_rows_custom_ids(const Rows& rows, const Text& attribute,
                                       const RunOptions& options = RunOptions()) const {
        Table table;
        std::vector<std::string> texts;
        for (const auto& row : rows) {
            texts.emplace_back(detail::custom_id(row.first, texts.size()));
            table.add(row.second);
        }
        const CustomIds ids(texts);
        return run([&](uc_report** report) {
            return uc_client_mass_update_rows_custom_ids(get(), ids.data(), table.index.data(), ids.size(),
                                                         table.values.data(), table.values.size(), attribute.c_str(),
                                                         options.get(), report);
        });
    }

    /// The ids of an Arrow stream or array with one column: User.com's own if they are integers, your own if they are text.
    Report mass_update_arrow(ArrowColumns&& ids, const Text& attribute, const Value& value,
                             const RunOptions& options = RunOptions()) const {
        return run([&](uc_report** report) {
            return uc_client_mass_update_arrow(get(), ids.get(), attribute.c_str(), value.json().c_str(), ids.na(),
                                               options.get(), report);
        });
    }

    /// A value for each user: an Arrow stream or array with two columns, ids and values.
    Report mass_update_rows_arrow(ArrowColumns&& rows, const Text& attribute,
                                  const RunOptions& options = RunOptions()) const {
        return run([&](uc_report** report) {
            return uc_client_mass_update_arrow(get(), rows.get(), attribute.c_str(), nullptr, rows.na(), options.get(),
                                               report);
        });
    }

    /// Looks at everything that an update needs: name, connection, certificate, clock, token, what the key may do. Only
    /// reads. What does not work is a line of the result; see Check::passed.
    Check check() const { return look(nullptr, {}); }
    /// Also whether the attribute exists, and whether these values fit its type: `client.check("score", 12, 7.5)`.
    template <class... Values>
    Check check(const Text& attribute, const Values&... values) const {
        return look(attribute.c_str(), {Value(values)...});
    }
    Check check(const Text& attribute, const std::vector<Value>& values) const {
        return look(attribute.c_str(), values);
    }

    /// All users, with these attributes in their JSON, or with all custom ones. `cursor` continues where another reading
    /// stopped: see Users::cursor.
    Users users(const std::vector<std::string>& attributes = {}, const Text& cursor = nullptr) const {
        return read(attributes, cursor, nullptr);
    }
    Users users(const std::vector<std::string>& attributes, const Text& cursor, const Cancel& cancel) const {
        return read(attributes, cursor, cancel.cancel_);
    }

    const uc_client* get() const& { return client_.get(); }
    const uc_client* get() const&& = delete;

private:
    Client() = default;

    Check look(const char* attribute, const std::vector<Value>& values) const {
        std::vector<const char*> json;
        for (const Value& value : values) json.push_back(value.json().c_str());
        uc_check* check = nullptr;
        detail::check(uc_client_check(get(), attribute, json.data(), json.size(), &check));
        return Check(check);
    }

    Users read(const std::vector<std::string>& attributes, const Text& cursor, std::shared_ptr<uc_cancel> cancel) const {
        std::vector<const char*> names;
        for (const std::string& name : attributes) names.push_back(Text(name).c_str());
        uc_users* users = nullptr;
        detail::check(uc_client_users(get(), names.data(), names.size(), cursor.c_str(), cancel.get(), &users));
        return Users(users, std::move(cancel));
    }

    /// The values of the rows, in the order of the rows. The library groups equal ones.
    struct Table {
        std::deque<std::string> texts;
        std::vector<const char*> values;
        std::vector<std::uint32_t> index;

        template <class T>
        void add(const T& value) {
            const std::size_t position = values.size();
            try {
                values.push_back(texts.emplace_back(Value(value).json()).c_str());
            } catch (const InvalidArgument& error) {
                std::string problem = error.what();
                if (problem.rfind("value: ", 0) == 0) problem.erase(0, 7);
                detail::invalid("values: entry " + std::to_string(position) + " (counted from 0): " + problem);
            }
            index.push_back(static_cast<std::uint32_t>(position));
        }
    };

    template <class Function>
    static Report run(Function function) {
        detail::Call call;
        uc_report* handle = nullptr;
        const int status = function(&handle);
        if (handle == nullptr) detail::check(status);
        Report report(handle);
        if (call.thrown) std::rethrow_exception(call.thrown);
        switch (status) {
        case UC_STATUS_OK:
        case UC_STATUS_PARTIAL:
        case UC_STATUS_DRY_RUN:
        case UC_STATUS_MISMATCH: return report;
        case UC_STATUS_INVALID_ARGUMENT: throw InvalidArgument(report);
        default: throw Stopped(report);
        }
    }

    struct Free {
        void operator()(uc_client* client) const { uc_client_free(client); }
    };
    std::shared_ptr<Options::Log> log_;  // outlives the client, which has a pointer to it
    std::unique_ptr<uc_client, Free> client_;
};

/// Sets `attribute` of these users to `value`, in one call with all defaults. Throws unless every id is confirmed.
inline Report mass_update(const Text& subdomain, const Text& token, const Ids& ids, const Text& attribute,
                          const Value& value) {
    return Client::shared(subdomain, token).mass_update(ids, attribute, value).throw_for_failures();
}

}  // namespace usercom

#endif  // USERCOM_HPP
