// usercom for C++17 and newer: one header over usercom.h, with values, handles that free themselves, exceptions.
//
//     usercom::mass_update("acme", token, {10, 15, 22, 23}, "plan", "pro");
//
//     usercom::Client client("acme", token);
//     usercom::Report report = client.mass_update(ids, "plan", "pro", usercom::RunOptions().deadline(10min));
//     for (const usercom::Failure& failure : report.failures())
//         std::cerr << ids[failure.index] << ": " << failure.message << '\n';
//
// A run that came to its end returns its Report, also when some ids failed; Report::throw_for_failures() throws then.
// A run that stopped before its end throws Stopped, a refused argument InvalidArgument; both carry the report. The
// one-line usercom::mass_update throws unless every id is confirmed.
//
// What a progress function throws stops the run, and the call throws it; so it does with what a log function throws,
// once the run has ended. Threads, fork, signals, defaults and bounds: as usercom.h says.
#ifndef USERCOM_HPP
#define USERCOM_HPP

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
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <usercom.h>

namespace usercom {

// ---- what comes out -------------------------------------------------------------------------------------------

/// A rejected or unknown id.
struct Failure {
    std::size_t index;         ///< Its position in the input, counted from 0.
    uc_id_state state;         ///< UC_ID_REJECTED or UC_ID_UNKNOWN.
    int http_status;           ///< 0 where there was no answer.
    std::string_view message;  ///< Lives as long as the report.
};

/// What became of a run and of each of its ids. Cheap to copy; outlives its client.
class Report {
public:
    /// Takes over a report that C gave.
    explicit Report(uc_report* report) : report_(report, uc_report_free) {}

    uc_status status() const { return static_cast<uc_status>(uc_report_status(get())); }
    std::string_view message() const { return uc_report_message(get()); }
    std::size_t total() const { return uc_report_total(get()); }
    std::size_t confirmed() const { return uc_report_confirmed(get()); }
    std::size_t rejected() const { return uc_report_rejected(get()); }
    std::size_t unknown() const { return uc_report_unknown(get()); }
    std::size_t not_attempted() const { return uc_report_not_attempted(get()); }
    std::size_t requests() const { return uc_report_requests(get()); }
    /// For people: how the run ended, the numbers, the notes, the first ten failures, a line each.
    std::string_view text() const { return uc_report_text(get()); }
    std::string_view json() const { return uc_report_json(get()); }

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
    std::vector<Failure> failures() const {
        std::vector<Failure> failures(uc_report_failure_count(get()));
        for (std::size_t k = 0; k < failures.size(); k++) {
            Failure& failure = failures[k];
            const char* message = "";
            uc_report_failure(get(), k, &failure.index, &failure.http_status, &message);
            failure.message = message;
            failure.state = static_cast<uc_id_state>(uc_report_state(get(), failure.index));
        }
        return failures;
    }

    /// Throws PartialUpdate unless every id is confirmed, or the run was a dry one. Gives itself otherwise.
    const Report& throw_for_failures() const;

    const uc_report* get() const { return report_.get(); }

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
    /// NULL where no run was asked for.
    const Report* report() const { return report_.get(); }

private:
    int status_;
    std::shared_ptr<const Report> report_;
};

/// An argument was refused before anything was sent.
class InvalidArgument : public Error {
    using Error::Error;
};
/// The run came to its end, and some ids are rejected or unknown.
class PartialUpdate : public Error {
    using Error::Error;
};
/// The run stopped before its end; `report()` has what was confirmed until then.
class Stopped : public Error {
    using Error::Error;
};

inline const Report& Report::throw_for_failures() const {
    if (status() != UC_STATUS_OK && status() != UC_STATUS_DRY_RUN) throw PartialUpdate(*this);
    return *this;
}

namespace detail {

inline void check(int status) {
    if (status == UC_STATUS_OK) return;
    if (status == UC_STATUS_INVALID_ARGUMENT) throw InvalidArgument(status, uc_last_error());
    throw Error(status, uc_last_error());
}

template <class T>
T* made(T* handle) {
    if (handle == nullptr) throw std::bad_alloc();
    return handle;
}

/// No exception may pass through C: the first of a call waits here, for the thread that made the call.
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
using element = std::remove_cv_t<std::remove_reference_t<decltype(*std::begin(std::declval<const Range&>()))>>;

}  // namespace detail

// ---- what goes in ---------------------------------------------------------------------------------------------

/// Text for one call. NULL is taken, and refused by the call with the name of the argument.
class Text {
public:
    Text(const char* text) : text_(text) {}  // NOLINT: implicit on purpose
    Text(const std::string& text) : text_(text.c_str()) { refuse_nul(text); }
    Text(std::string_view text) : own_(text), text_(own_.c_str()) { refuse_nul(text); }
    Text(const Text&) = delete;
    Text& operator=(const Text&) = delete;

    const char* c_str() const { return text_; }

    /// It would end the text there, and another one would be sent.
    static void refuse_nul(std::string_view text) {
        if (text.find('\0') != std::string_view::npos)
            throw InvalidArgument(UC_STATUS_INVALID_ARGUMENT, "text: has a NUL character inside");
    }

private:
    std::string own_;
    const char* text_;
};

/// What an attribute is set to, as JSON.
class Value {
public:
    Value(char) = delete;         // a number or a text?
    Value(const void*) = delete;  // would be a bool
    Value(bool value) : json_(value ? "true" : "false") {}
    template <class T, std::enable_if_t<std::is_integral_v<T> && !std::is_same_v<T, bool>, int> = 0>
    Value(T value) : json_(std::to_string(value)) {}
    Value(double value) : json_(shortest(value)) {}
    Value(const char* text) {
        if (text == nullptr) throw InvalidArgument(UC_STATUS_INVALID_ARGUMENT, "value: is NULL");
        json_ = quoted(text);
    }
    Value(const std::string& text) : json_(quoted(text)) {}
    Value(std::string_view text) : json_(quoted(text)) {}
    /// Several choices of an attribute of the fixed kind.
    Value(const std::vector<std::string>& choices) {
        for (const std::string& choice : choices) json_ += (json_.empty() ? "[" : ",") + quoted(choice);
        json_ += choices.empty() ? "[]" : "]";
    }
    /// A moment, sent in UTC with `Z`, to the millisecond.
    Value(std::chrono::system_clock::time_point moment) : json_(rfc3339(moment)) {}
#if defined(__cpp_lib_chrono) && __cpp_lib_chrono >= 201907L
    Value(std::chrono::year_month_day day)
        : Value(date(static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                     static_cast<unsigned>(day.day()))) {}
#endif

    /// A date, year 0 to 9999; throws InvalidArgument where there is none of that name.
    static Value date(int year, unsigned month, unsigned day) {
        const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        const unsigned days[] = {31u, leap ? 29u : 28u, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        if (year < 0 || year > 9999 || month < 1 || month > 12 || day < 1 || day > days[month - 1])
            throw InvalidArgument(UC_STATUS_INVALID_ARGUMENT, "value: there is no such date");
        char text[32];
        std::snprintf(text, sizeof text, "\"%04d-%02u-%02u\"", year, month, day);
        return json(text);
    }

    /// JSON that is sent as written: `json("0.10")`, `json("null")`.
    static Value json(std::string text) {
        Text::refuse_nul(text);
        Value value(false);
        value.json_ = std::move(text);
        return value;
    }

    const std::string& json() const { return json_; }

private:
    /// NaN and the infinities do not exist in JSON: the library says so when they arrive.
    static std::string shortest(double value) {
        if (std::isnan(value)) return "NaN";
        if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
        for (int digits = std::numeric_limits<double>::digits10;; digits++) {
            std::ostringstream out;
            out.imbue(std::locale::classic());  // a comma from the user's locale would be another number
            out.precision(digits);
            out << value;
            std::istringstream in(out.str());
            in.imbue(std::locale::classic());
            double read = 0;
            in >> read;
            if (read == value || digits >= std::numeric_limits<double>::max_digits10) return out.str();
        }
    }

    static std::string quoted(std::string_view text) {
        std::string json = "\"";
        for (char c : text) {
            if (c == '"' || c == '\\') {
                json += '\\';
                json += c;
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

    static std::string rfc3339(std::chrono::system_clock::time_point moment) {
        using namespace std::chrono;
        const auto since_epoch = floor<milliseconds>(moment.time_since_epoch()).count();
        const auto per_day = std::int64_t{86400000};
        const std::int64_t days = (since_epoch >= 0 ? since_epoch : since_epoch - per_day + 1) / per_day;
        const auto in_day = static_cast<int>(since_epoch - days * per_day);
        // Days to a date of the civil calendar, in eras of 400 years that begin in March.
        const std::int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
        const auto doe = static_cast<unsigned>(z - era * 146097);
        const unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
        const unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
        const unsigned day = doy - (153 * mp + 2) / 5 + 1, month = mp < 10 ? mp + 3 : mp - 9;
        const std::string date_part = date(static_cast<int>(yoe + era * 400 + (month <= 2)), month, day).json();
        char time[32];
        std::snprintf(time, sizeof time, "T%02d:%02d:%02d", in_day / 3600000, in_day / 60000 % 60, in_day / 1000 % 60);
        char fraction[16] = "";
        if (in_day % 1000 != 0) std::snprintf(fraction, sizeof fraction, ".%03d", in_day % 1000);
        return date_part.substr(0, date_part.size() - 1) + time + fraction + "Z\"";
    }

    std::string json_;
};

/// Numeric ids for one call: a list, a pointer and a size, two iterators, or any range of integers. Contiguous
/// std::int64_t are not copied, and must live until the call returns.
class Ids {
public:
    Ids(const std::int64_t* ids, std::size_t n) : ids_(ids), n_(n) {}
    Ids(std::initializer_list<std::int64_t> ids) : own_(ids), ids_(own_.data()), n_(own_.size()) {}
    template <class Range, std::enable_if_t<std::is_integral_v<detail::element<Range>>
                                                && !std::is_same_v<detail::element<Range>, char>,
                                            int> = 0>
    Ids(const Range& ids) : Ids(ids, is_contiguous<Range>()) {}
    template <class Iterator, class = typename std::iterator_traits<Iterator>::iterator_category>
    Ids(Iterator first, Iterator last) {
        for (; first != last; ++first) own_.push_back(number(*first));
        ids_ = own_.data();
        n_ = own_.size();
    }
    Ids(const Ids&) = delete;
    Ids& operator=(const Ids&) = delete;

    const std::int64_t* data() const { return ids_; }
    std::size_t size() const { return n_; }

private:
    template <class Range, class = void>
    struct is_contiguous : std::false_type {};
    template <class Range>
    struct is_contiguous<Range, std::void_t<decltype(std::data(std::declval<const Range&>())),
                                            decltype(std::size(std::declval<const Range&>()))>>
        : std::is_same<decltype(std::data(std::declval<const Range&>())), const std::int64_t*> {};

    template <class Range>
    Ids(const Range& ids, std::true_type) : ids_(std::data(ids)), n_(std::size(ids)) {}
    template <class Range>
    Ids(const Range& ids, std::false_type) : Ids(std::begin(ids), std::end(ids)) {}

    /// Above the largest id there is: refused by the call, with its position.
    template <class T>
    static std::int64_t number(T id) {
        if constexpr (std::is_unsigned_v<T> && sizeof(T) >= sizeof(std::int64_t))
            if (id > static_cast<T>(std::numeric_limits<std::int64_t>::max())) return -1;
        return static_cast<std::int64_t>(id);
    }

    std::vector<std::int64_t> own_;
    const std::int64_t* ids_ = nullptr;
    std::size_t n_ = 0;
};

/// Your own ids for one call: a list, or any range of texts. A range of std::string is not copied, and must live
/// until the call returns.
class CustomIds {
public:
    CustomIds(std::initializer_list<std::string_view> ids) { add(ids); }
    template <class Range, std::enable_if_t<std::is_convertible_v<detail::element<Range>, std::string_view>, int> = 0>
    CustomIds(const Range& ids) {
        add(ids);
    }
    CustomIds(const CustomIds&) = delete;
    CustomIds& operator=(const CustomIds&) = delete;

    const char* const* data() const { return ids_.data(); }
    std::size_t size() const { return ids_.size(); }

private:
    template <class Range>
    void add(const Range& ids) {
        for (auto&& id : ids) {
            Text::refuse_nul(id);
            if constexpr (std::is_same_v<decltype(id), const std::string&>)
                ids_.push_back(id.c_str());
            else
                ids_.push_back(own_.emplace_back(id).c_str());
        }
    }

    std::deque<std::string> own_;  // whose elements stay where they are
    std::vector<const char*> ids_;
};

// ---- settings ---------------------------------------------------------------------------------------------------

/// Settings of a client; usercom.h says what each means. A setter throws InvalidArgument for what it refuses.
class Options {
public:
    /// 1 error to 5 trace, and the line.
    using Log = std::function<void(int level, std::string_view message)>;

    Options() : options_(detail::made(uc_options_new()), uc_options_free) {}

    Options& base_url(const Text& url) { return did(uc_options_set_base_url(options_.get(), url.c_str())); }
    Options& method(const Text& method) { return did(uc_options_set_method(options_.get(), method.c_str())); }
    Options& api_version(std::uint32_t version) { return did(uc_options_set_api_version(options_.get(), version)); }
    Options& request_timeout(std::chrono::milliseconds timeout) {
        return did(uc_options_set_request_timeout_ms(options_.get(), positive(timeout)));
    }
    Options& batch_size(std::size_t ids) { return did(uc_options_set_batch_size(options_.get(), ids)); }
    Options& workers(std::uint32_t workers) { return did(uc_options_set_workers(options_.get(), workers)); }
    Options& rate_limit(std::uint32_t requests, std::chrono::milliseconds per = std::chrono::seconds(1)) {
        return did(uc_options_set_rate_limit(options_.get(), requests, positive(per)));
    }
    Options& no_rate_limit() { return did(uc_options_set_rate_limit(options_.get(), 0, 0)); }
    Options& max_attempts(std::uint32_t attempts) { return did(uc_options_set_max_attempts(options_.get(), attempts)); }
    Options& proxy(const Text& url) { return did(uc_options_set_proxy(options_.get(), url.c_str())); }
    Options& ca_file(const Text& pem_path) { return did(uc_options_set_ca_file(options_.get(), pem_path.c_str())); }
    Options& log(Log log, int max_level = 3) {
        auto kept = std::make_shared<Log>(std::move(log));
        did(uc_options_set_log(options_.get(), write, kept.get(), max_level));
        log_ = std::move(kept);
        return *this;
    }

    const uc_options* get() const { return options_.get(); }

private:
    friend class Client;
    friend class RunOptions;

    Options& did(int status) {
        detail::check(status);
        return *this;
    }
    /// Less than nothing is refused like nothing.
    static std::uint64_t positive(std::chrono::milliseconds time) {
        return time.count() < 0 ? 0 : static_cast<std::uint64_t>(time.count());
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

/// Stops runs from any thread, or from a signal handler.
class Cancel {
public:
    Cancel() : cancel_(detail::made(uc_cancel_new()), uc_cancel_free) {}
    void request() noexcept { uc_cancel_request(cancel_.get()); }
    const uc_cancel* get() const { return cancel_.get(); }

private:
    std::unique_ptr<uc_cancel, void (*)(uc_cancel*)> cancel_;
};

/// How far a run has come; valid during the callback only.
class Progress {
public:
    explicit Progress(const uc_progress* progress) : progress_(progress) {}
    std::size_t done() const { return uc_progress_done(progress_); }
    std::size_t total() const { return uc_progress_total(progress_); }
    std::size_t confirmed() const { return uc_progress_confirmed(progress_); }
    std::size_t rejected() const { return uc_progress_rejected(progress_); }
    std::size_t requests() const { return uc_progress_requests(progress_); }
    std::chrono::milliseconds waiting() const {
        return std::chrono::milliseconds(uc_progress_waiting_ms(progress_));
    }

private:
    const uc_progress* progress_;
};

/// Settings of runs; usercom.h says what each means. May be used for many runs, also at the same time.
class RunOptions {
public:
    RunOptions() : options_(detail::made(uc_run_options_new()), uc_run_options_free) {}

    /// The whole call. Zero or less is over at once; without this call there is no limit.
    RunOptions& deadline(std::chrono::milliseconds time) {
        return did(uc_run_options_set_deadline_ms(options_.get(), time.count() < 1 ? 1 : Options::positive(time)));
    }
    RunOptions& patience(std::chrono::milliseconds time) {
        return did(uc_run_options_set_patience_ms(options_.get(), Options::positive(time)));
    }
    RunOptions& max_requests(std::uint64_t requests) {
        return did(uc_run_options_set_max_requests(options_.get(), requests));
    }
    RunOptions& journal_dir(const Text& path) { return did(uc_run_options_set_journal_dir(options_.get(), path.c_str())); }
    RunOptions& journal_max_age(std::chrono::milliseconds age) {
        return did(uc_run_options_set_journal_max_age_ms(options_.get(), Options::positive(age)));
    }
    RunOptions& standard_attributes(bool on = true) {
        return did(uc_run_options_set_standard_attributes(options_.get(), on));
    }
    RunOptions& allow_null(bool on = true) { return did(uc_run_options_set_allow_null(options_.get(), on)); }
    RunOptions& dry_run(bool on = true) { return did(uc_run_options_set_dry_run(options_.get(), on)); }
    /// Must live until the run returns.
    RunOptions& cancel(const Cancel& cancel) { return did(uc_run_options_set_cancel(options_.get(), cancel.get())); }
    /// A function of a `const Progress&`, called on the thread of the run. Where it returns a bool, false stops the
    /// run. What it throws stops the run, too, and the call throws it.
    template <class Function>
    RunOptions& progress(Function function) {
        using Result = std::invoke_result_t<Function&, const Progress&>;
        static_assert(std::is_void_v<Result> || std::is_same_v<Result, bool>, "return nothing, or whether to go on");
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

    const uc_run_options* get() const { return options_.get(); }

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

    /// The client that one-line calls share.
    static Client shared(const Text& subdomain, const Text& token) {
        Client client;
        uc_client* handle = nullptr;
        detail::check(uc_client_shared(subdomain.c_str(), token.c_str(), &handle));
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
        const Table table(rows);
        std::vector<std::int64_t> ids;
        for (const auto& row : rows) ids.push_back(row.first);
        return run([&](uc_report** report) {
            return uc_client_mass_update_rows(get(), ids.data(), table.index.data(), ids.size(), table.values.data(),
                                              table.values.size(), attribute.c_str(), options.get(), report);
        });
    }

    /// The same for your own ids.
    template <class Rows>
    Report mass_update_rows_custom_ids(const Rows& rows, const Text& attribute,
                                       const RunOptions& options = RunOptions()) const {
        const Table table(rows);
        std::vector<std::string> texts;
        for (const auto& row : rows) texts.emplace_back(row.first);
        const CustomIds ids(texts);
        return run([&](uc_report** report) {
            return uc_client_mass_update_rows_custom_ids(get(), ids.data(), table.index.data(), ids.size(),
                                                         table.values.data(), table.values.size(), attribute.c_str(),
                                                         options.get(), report);
        });
    }

    const uc_client* get() const { return client_.get(); }

private:
    Client() = default;

    /// The values of the rows, each at the place of its row. The library sends equal ones together.
    struct Table {
        std::deque<std::string> texts;
        std::vector<const char*> values;
        std::vector<std::uint32_t> index;

        template <class Rows>
        explicit Table(const Rows& rows) {
            for (const auto& row : rows) {
                index.push_back(static_cast<std::uint32_t>(values.size()));
                values.push_back(texts.emplace_back(Value(row.second).json()).c_str());
            }
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
        case UC_STATUS_DRY_RUN: return report;
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
