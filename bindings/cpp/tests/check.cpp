// usercom.hpp against a sandbox: values, ids in every form, reports, exceptions, callbacks. Run by run.sh, which
// starts the sandboxes.
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <list>
#include <map>
#include <set>
#include <thread>
#include <typeinfo>
#include <unistd.h>
#if __cplusplus >= 202002L
#include <ranges>
#include <span>
#endif

#include "../usercom.hpp"

using namespace std::chrono_literals;

namespace {

int passed = 0, failed = 0;

void check(bool held, int line, const std::string& what) {
    (held ? passed : failed)++;
    if (!held) std::cerr << __FILE__ << ':' << line << ": FAILED: " << what << '\n';
}

#define CHECK(condition) check((condition), __LINE__, #condition)
#define CHECK_EQUAL(actual, expected)                                                              \
    do {                                                                                           \
        const auto is = (actual);                                                                  \
        if (!(is == (expected))) std::cerr << "is: " << is << '\n';                                \
        check(is == (expected), __LINE__, #actual " is " #expected);                               \
    } while (0)
// The expression throws exactly this, with this in its message.
#define CHECK_THROWS(expression, type, part)                                                       \
    try {                                                                                          \
        (void)(expression);                                                                        \
        check(false, __LINE__, #expression " throws");                                             \
    } catch (const std::exception& thrown) {                                                       \
        const std::string said = thrown.what();                                                    \
        check(typeid(thrown) == typeid(type) && said.find(part) != said.npos, __LINE__, said);     \
    }

const std::string token(64, 'k');

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    if (value == nullptr) {
        std::cerr << name << " is missing: this is run by run.sh\n";
        std::exit(1);
    }
    return value;
}

// The ledger of an attribute as one line, such as `1,true,1 2,true,1`.
std::string ledger(const std::string& attribute) {
    const std::string command =
        "curl -sS '" + environment("USERCOM_BASE_URL") + "/_sandbox/ledger?attribute=" + attribute + "' | tail -n +2";
    FILE* pipe = popen(command.c_str(), "r");
    std::string text;
    for (int c; (c = std::fgetc(pipe)) != EOF;) text += c == '\n' ? ' ' : static_cast<char>(c);
    pclose(pipe);
    if (!text.empty()) text.pop_back();
    return text;
}

usercom::Client client_for(const char* variable) {
    return {"acme", token, usercom::Options().base_url(environment(variable)).no_rate_limit()};
}

void values() {
    using usercom::Value;
    CHECK_EQUAL(Value(true).json(), "true");
    CHECK_EQUAL(Value(3).json(), "3");
    CHECK_EQUAL(Value(9007199254740993LL).json(), "9007199254740993");
    CHECK_EQUAL(Value(18446744073709551615ULL).json(), "18446744073709551615");
    CHECK_EQUAL(Value(0.1).json(), "0.1");
    CHECK_EQUAL(Value(1.0 / 3).json(), "0.3333333333333333");
    CHECK_EQUAL(Value(1e300).json(), "1e+300");
    CHECK_EQUAL(Value("pro").json(), "\"pro\"");
    CHECK_EQUAL(Value(std::string("007")).json(), "\"007\"");
    CHECK_EQUAL(Value(std::string_view("a\"\\\n\0b", 6)).json(), "\"a\\\"\\\\\\n\\u0000b\"");
    CHECK_EQUAL(Value(std::vector<std::string>{"a", "b"}).json(), "[\"a\",\"b\"]");
    CHECK_EQUAL(Value(std::vector<std::string>{}).json(), "[]");
    CHECK_EQUAL(Value::date(2026, 11, 23).json(), "\"2026-11-23\"");
    CHECK_EQUAL(Value::date(2024, 2, 29).json(), "\"2024-02-29\"");
    CHECK_THROWS(Value::date(2026, 2, 29), usercom::InvalidArgument, "no such date");
    CHECK_THROWS(Value::date(2026, 13, 1), usercom::InvalidArgument, "no such date");
    CHECK_THROWS(Value::date(10000, 1, 1), usercom::InvalidArgument, "no such date");
    CHECK_THROWS(Value(static_cast<const char*>(nullptr)), usercom::InvalidArgument, "is NULL");
    using Clock = std::chrono::system_clock;
    CHECK_EQUAL(Value(Clock::from_time_t(0)).json(), "\"1970-01-01T00:00:00Z\"");
    CHECK_EQUAL(Value(Clock::from_time_t(-1) + 120ms).json(), "\"1969-12-31T23:59:59.120Z\"");
    CHECK_EQUAL(Value(Clock::from_time_t(951868799)).json(), "\"2000-02-29T23:59:59Z\"");
    CHECK_EQUAL(Value(Clock::from_time_t(1795435200)).json(), "\"2026-11-23T12:00:00Z\"");
#if defined(__cpp_lib_chrono) && __cpp_lib_chrono >= 201907L
    CHECK_EQUAL(Value(std::chrono::year{2026} / 11 / 23).json(), "\"2026-11-23\"");
#endif
    // Beyond the years of a clock of nanoseconds; and the ends of each clock, where a conversion would overflow.
    using std::chrono::time_point, std::chrono::duration;
    using Seconds = time_point<Clock, std::chrono::seconds>;
    using Days = time_point<Clock, duration<std::int64_t, std::ratio<86400>>>;
    CHECK_EQUAL(Value(Seconds(253402300799s)).json(), "\"9999-12-31T23:59:59Z\"");
    CHECK_EQUAL(Value(Seconds(-62135596800s)).json(), "\"0001-01-01T00:00:00Z\"");
    CHECK_EQUAL(Value(Days(Days::duration(2932896))).json(), "\"9999-12-31T00:00:00Z\"");
    CHECK_EQUAL(Value(time_point<Clock, std::chrono::nanoseconds>(1001ns)).json(), "\"1970-01-01T00:00:00.000001001Z\"");
    CHECK_EQUAL(Value(time_point<Clock, std::chrono::nanoseconds>::min()).json(), "\"1677-09-21T00:12:43.145224192Z\"");
    CHECK_EQUAL(Value(time_point<Clock, std::chrono::nanoseconds>::max()).json(), "\"2262-04-11T23:47:16.854775807Z\"");
    CHECK_THROWS(Value(Seconds(253402300800s)), usercom::InvalidArgument, "outside the years 1 to 9999");
    CHECK_THROWS(Value(Seconds(-62135596801s)), usercom::InvalidArgument, "outside the years 1 to 9999");
    CHECK_THROWS(Value(Seconds::max()), usercom::InvalidArgument, "outside the years 1 to 9999");
    CHECK_THROWS(Value(Seconds::min()), usercom::InvalidArgument, "outside the years 1 to 9999");
    CHECK_THROWS(Value(Days::max()), usercom::InvalidArgument, "outside the years 1 to 9999");
    CHECK_THROWS(Value(Days::min()), usercom::InvalidArgument, "outside the years 1 to 9999");
    CHECK_THROWS(Value(time_point<Clock, duration<std::uint64_t>>::max()), usercom::InvalidArgument, "outside the years");
    CHECK_THROWS(Value::date(0, 1, 1), usercom::InvalidArgument, "no such date");
    CHECK_THROWS(Value::date(2026, -1, 1), usercom::InvalidArgument, "no such date");
    CHECK_THROWS(Value::date(4294969322, 4294967307, 4294967319), usercom::InvalidArgument, "no such date");
    CHECK_THROWS(Value::date(2026, 4294967307, 23), usercom::InvalidArgument, "no such date");
    CHECK_EQUAL(Value(std::vector<bool>{true}[0]).json(), "true");
    // A number has the shortest text that is read back as the same number, and the type that it had.
    CHECK_EQUAL(Value(0.1f).json(), "0.1");
    CHECK_EQUAL(Value(16777216.0f).json(), "16777216.0");
    CHECK_EQUAL(Value(std::numeric_limits<double>::denorm_min()).json(), "5e-324");
    CHECK_EQUAL(Value(std::ldexp(1.0, -44)).json(), "5.684341886080802e-14");
    CHECK_EQUAL(Value(9.5367431640625e-07).json(), "9.5367431640625e-7");
    // What a copy or a temporary object leaves behind.
    const std::string& text = Value("kept by value").json();
    CHECK_EQUAL(text, "\"kept by value\"");
    // The user's locale is not JSON's.
    struct Comma : std::numpunct<char> {
        char do_decimal_point() const override { return ','; }
    };
    const std::locale before = std::locale::global(std::locale(std::locale(), new Comma));
    CHECK_EQUAL(Value(2.5).json(), "2.5");
    std::locale::global(before);
}

void ids_in_every_form(const usercom::Client& client) {
    const std::string all = "1,1,1 2,1,1 3,1,1";
    int form = 0;
    const auto is_taken = [&](const usercom::Ids& ids, int line) {
        const std::string attribute = "form_" + std::to_string(form++);
        client.mass_update(ids, attribute, 1);
        check(ledger(attribute) == all, line, ledger(attribute));
    };
    const std::vector<std::int64_t> vector{1, 2, 3};
    const std::int64_t array[] = {1, 2, 3};
    is_taken({1, 2, 3}, __LINE__);
    is_taken(vector, __LINE__);
    is_taken(array, __LINE__);
    is_taken({array, 3}, __LINE__);
    is_taken(std::array<std::int64_t, 3>{1, 2, 3}, __LINE__);
    is_taken(std::vector<int>{1, 2, 3}, __LINE__);
    is_taken(std::vector<unsigned long long>{1, 2, 3}, __LINE__);
    is_taken(std::set<long>{3, 2, 1}, __LINE__);
    const std::list<short> list{1, 2, 3};
    is_taken({list.begin(), list.end()}, __LINE__);
#if __cplusplus >= 202002L
    is_taken(std::span(vector), __LINE__);
    is_taken(std::span<std::int64_t>(const_cast<std::int64_t*>(array), 3), __LINE__);
#if !defined(__clang__) || __clang_major__ >= 16  // older ones can't compile libstdc++'s views
    is_taken(std::views::iota(1, 4), __LINE__);
#endif
#endif
    CHECK(usercom::Ids(vector).data() == vector.data());  // not copied
    CHECK_EQUAL(client.mass_update({}, "plan", 1).total(), 0u);
    CHECK_THROWS(client.mass_update(std::vector<unsigned long long>{1, ~0ULL}, "plan", 1), usercom::InvalidArgument,
                 "position 1");
    CHECK_THROWS(client.mass_update({1, 0}, "plan", 1), usercom::InvalidArgument, "position 1");

    // At every entry: what is no id is refused with its position and as it was.
    const std::string large = "position 1 (counted from 0) is 18446744073709551615";
    const std::vector<std::uint64_t> beyond{1, ~0ULL};
    CHECK_THROWS(client.mass_update(beyond, "plan", 1), usercom::InvalidArgument, large);
    CHECK_THROWS(client.mass_update({1ULL, ~0ULL}, "plan", 1), usercom::InvalidArgument, large);
    CHECK_THROWS(client.mass_update({beyond.begin(), beyond.end()}, "plan", 1), usercom::InvalidArgument, large);
    CHECK_THROWS(client.mass_update_rows(std::map<std::uint64_t, int>{{1, 1}, {~0ULL, 1}}, "plan"),
                 usercom::InvalidArgument, large);
    CHECK_THROWS(client.mass_update_rows(std::map<int, int>{{-7, 1}}, "plan"), usercom::InvalidArgument, "is -7");
    CHECK_THROWS(client.mass_update_rows(std::vector<std::pair<int, const char*>>{{1, "a"}, {2, nullptr}}, "plan"),
                 usercom::InvalidArgument, "values: entry 1 (counted from 0): is NULL");
    CHECK_EQUAL(ledger("plan"), "");
    const char* const with_null[] = {"a", nullptr};
    CHECK_THROWS(client.mass_update_custom_ids(with_null, "plan", 1), usercom::InvalidArgument, "position 1 (counted from 0) is NULL");
    CHECK_THROWS(client.mass_update_custom_ids(std::vector<std::string>{"a", std::string("b\0c", 3)}, "plan", 1),
                 usercom::InvalidArgument, "position 1 (counted from 0) has a NUL");
    CHECK_THROWS(client.mass_update_rows_custom_ids(std::vector<std::pair<const char*, int>>{{nullptr, 1}}, "plan"),
                 usercom::InvalidArgument, "position 0 (counted from 0) is NULL");

    // A temporary list is kept.
    const usercom::Ids kept(std::vector<std::int64_t>{1, 2, 3});
    const usercom::Ids kept_array = std::array<std::int64_t, 3>{1, 2, 3};
    is_taken({kept.data(), kept.size()}, __LINE__);
    is_taken({kept_array.data(), kept_array.size()}, __LINE__);
    const usercom::CustomIds kept_texts(std::vector<std::string>{"a text that is too long to be in the object", "b"});
    CHECK_EQUAL(kept_texts.data()[0], std::string("a text that is too long to be in the object"));
    const usercom::Text kept_text = std::string("a text that is too long ") + "to be in the object";
    CHECK_EQUAL(kept_text.c_str(), std::string("a text that is too long to be in the object"));
    // An iterator of a single pass has one place for all its texts.
    struct Words {
        mutable std::istringstream in{"first-of-the-words-to-be-read second-of-the-words-to-be-read"};
        std::istream_iterator<std::string> begin() const { return std::istream_iterator<std::string>(in); }
        std::istream_iterator<std::string> end() const { return {}; }
    };
    const Words words;
    const usercom::CustomIds read(words);
    CHECK_EQUAL(read.size(), 2u);
    CHECK_EQUAL(read.data()[0], std::string("first-of-the-words-to-be-read"));
    CHECK_EQUAL(read.data()[1], std::string("second-of-the-words-to-be-read"));
    // Rows that can be read once.
    struct Numbers {
        mutable std::istringstream in{"1 2 3"};
        struct Iterator : std::istream_iterator<int> {
            std::pair<int, int> operator*() const { return {std::istream_iterator<int>::operator*(), 5}; }
        };
        Iterator begin() const { return {std::istream_iterator<int>(in)}; }
        Iterator end() const { return {}; }
    };
    CHECK_EQUAL(client.mass_update_rows(Numbers(), "once").confirmed(), 3u);
    CHECK_EQUAL(ledger("once"), "1,5,1 2,5,1 3,5,1");
}

void runs(const usercom::Client& client) {
    const auto report = usercom::mass_update("acme", token, {10, 15}, "plan", "pro");
    CHECK_EQUAL(report.confirmed(), 2u);
    CHECK_EQUAL(ledger("plan"), "10,\"\"\"pro\"\"\",1 15,\"\"\"pro\"\"\",1");
    CHECK_EQUAL(report.status(), UC_STATUS_OK);
    CHECK_EQUAL(report.message(), "all 2 ids confirmed");
    CHECK_EQUAL(report.state(1), UC_ID_CONFIRMED);
    CHECK(report.states() == std::vector<std::uint8_t>({UC_ID_CONFIRMED, UC_ID_CONFIRMED}));
    CHECK_THROWS(report.state(2), std::out_of_range, "state");
    CHECK(report.failures().empty());
    CHECK(report.text().substr(0, 4) == "ok: ");
    CHECK(report.json().find("\"status\":\"ok\"") != report.json().npos);
    CHECK(&report.throw_for_failures() == &report);

    client.mass_update_custom_ids({"u-1", "u-2"}, "custom", true);
    CHECK_EQUAL(ledger("custom").size(), std::string("1000000000001,true,1 1000000000001,true,1").size());
    const std::vector<std::string> texts{"7", "8"};
    CHECK(usercom::CustomIds(texts).data()[1] == texts[1].c_str());
    client.mass_update_custom_ids(texts, "custom_texts", true);
    client.mass_update_custom_ids(std::set<std::string_view>{"7", "8"}, "custom_texts", false);
    CHECK_EQUAL(ledger("custom_texts"), "7,false,2 8,false,2");

    const auto rows = client.mass_update_rows(std::map<int, const char*>{{1, "gold"}, {2, "silver"}, {3, "gold"}}, "tier");
    CHECK_EQUAL(rows.requests(), 2u);
    CHECK_EQUAL(ledger("tier"), "1,\"\"\"gold\"\"\",1 2,\"\"\"silver\"\"\",1 3,\"\"\"gold\"\"\",1");
    const std::vector<std::pair<std::string, usercom::Value>> mixed{{"4", 1}, {"5", "x"}, {"6", usercom::Value::json("0.10")}};
    client.mass_update_rows_custom_ids(mixed, "mixed");
    CHECK_EQUAL(ledger("mixed"), "4,1,1 5,\"\"\"x\"\"\",1 6,0.10,1");
    CHECK_EQUAL(client.mass_update_rows(std::map<int, int>{}, "tier").total(), 0u);

    const auto dry = client.mass_update({1, 2}, "dry", 1, usercom::RunOptions().dry_run());
    CHECK_EQUAL(dry.status(), UC_STATUS_DRY_RUN);
    dry.throw_for_failures();
    // A setter of a temporary object gives no reference to it: this would send, with memory that is gone.
    const auto& kept = usercom::RunOptions().dry_run();
    CHECK_EQUAL(client.mass_update({1}, "kept", 1, kept).status(), UC_STATUS_DRY_RUN);
    CHECK_EQUAL(ledger("kept"), "");
    client.mass_update({1}, "nothing", usercom::Value::json("null"), usercom::RunOptions().allow_null());
    CHECK_EQUAL(ledger("nothing"), "1,null,1");
}

// A producer of Arrow columns that counts what it made and what was released, and overwrites what it released.
struct Producer {
    struct Held {
        Producer* of;
        std::vector<const void*> buffers;
        std::vector<std::int32_t> offsets{0};
        std::string bytes;
        std::vector<std::int64_t> numbers;
        std::vector<ArrowArray*> children;
    };
    std::vector<std::int64_t> ids, scores;
    std::vector<std::string> custom_ids;
    int alive = 0, streams = 0, batches = 2;

    static void release(ArrowSchema* schema) {
        for (std::int64_t k = 0; k < schema->n_children; k++) {
            schema->children[k]->release(schema->children[k]);
            delete schema->children[k];
        }
        static_cast<Producer*>(schema->private_data)->alive--;
        delete[] schema->children;
        *schema = {};
    }
    static void release(ArrowArray* array) {
        const std::unique_ptr<Held> held(static_cast<Held*>(array->private_data));
        for (ArrowArray* child : held->children) {
            child->release(child);
            delete child;
        }
        held->of->alive--;
        *array = {};
    }
    void schema(ArrowSchema* out, const char* format, std::vector<const char*> fields = {}) {
        alive++;
        *out = {format, "", nullptr, 0, static_cast<std::int64_t>(fields.size()), nullptr, nullptr, release, this};
        out->children = new ArrowSchema*[fields.size()];
        for (std::size_t k = 0; k < fields.size(); k++) schema(out->children[k] = new ArrowSchema, fields[k]);
    }
    ArrowArray column(Held* held, std::size_t rows) {
        alive++;
        held->of = this;
        const auto count = [](std::size_t n) { return static_cast<std::int64_t>(n); };
        return {count(rows), 0, 0, count(held->buffers.size()), count(held->children.size()), held->buffers.data(),
                held->children.data(), nullptr, release, held};
    }
    ArrowArray column(const std::vector<std::int64_t>& numbers) {
        auto* held = new Held;
        held->numbers = numbers;
        held->buffers = {nullptr, held->numbers.data()};
        return column(held, numbers.size());
    }
    ArrowArray column(const std::vector<std::string>& texts) {
        auto* held = new Held;
        for (const std::string& text : texts) {
            held->bytes += text;
            held->offsets.push_back(static_cast<std::int32_t>(held->bytes.size()));
        }
        held->buffers = {nullptr, held->offsets.data(), held->bytes.data()};
        return column(held, texts.size());
    }
    ArrowArray table() {
        auto* held = new Held;
        held->buffers = {nullptr};
        held->children = {new ArrowArray(column(ids)), new ArrowArray(column(scores))};
        return column(held, ids.size());
    }
    // The table, once for each batch.
    ArrowArrayStream stream() {
        return {[](ArrowArrayStream* of, ArrowSchema* out) {
                    static_cast<Producer*>(of->private_data)->schema(out, "+s", {"l", "l"});
                    return 0;
                },
                [](ArrowArrayStream* of, ArrowArray* out) {
                    auto* self = static_cast<Producer*>(of->private_data);
                    *out = self->batches-- > 0 ? self->table() : ArrowArray{};
                    return 0;
                },
                [](ArrowArrayStream*) -> const char* { return nullptr; },
                [](ArrowArrayStream* of) {
                    static_cast<Producer*>(of->private_data)->streams++;
                    of->release = nullptr;
                },
                this};
    }
};

void arrow(const usercom::Client& client) {
    using usercom::ArrowColumns, usercom::RunOptions;
    Producer producer{{1, 2, 3}, {7, 9, 7}, {"u-1", "u-2"}};
    ArrowSchema schema;
    ArrowArray array;
    const auto nothing_is_left = [&](int line) {
        check(producer.alive == 0 && schema.release == nullptr && array.release == nullptr, line, "released once");
    };

    ArrowArrayStream stream = producer.stream();
    const auto rows = client.mass_update_rows_arrow(&stream, "arrow_rows");
    CHECK(rows.total() == 6 && rows.confirmed() == 3 && rows.requests() == 2);  // a row that comes again supersedes
    CHECK_EQUAL(ledger("arrow_rows"), "1,7,1 2,9,1 3,7,1");
    CHECK(stream.release == nullptr && producer.streams == 1 && producer.alive == 0);
    CHECK_THROWS(client.mass_update_rows_arrow(&stream, "never"), usercom::InvalidArgument, "stream: is NULL or was released");

    producer.schema(&schema, "+s", {"l", "l"});
    array = producer.table();
    CHECK_EQUAL(client.mass_update_rows_arrow({&array, &schema, "error"}, "arrow_batch").confirmed(), 3u);
    CHECK_EQUAL(ledger("arrow_batch"), "1,7,1 2,9,1 3,7,1");
    nothing_is_left(__LINE__);
    producer.schema(&schema, "l");
    array = producer.column(producer.ids);
    CHECK_EQUAL(client.mass_update_arrow({&array, &schema}, "arrow_ids", "pro").confirmed(), 3u);
    CHECK_EQUAL(ledger("arrow_ids"), "1,\"\"\"pro\"\"\",1 2,\"\"\"pro\"\"\",1 3,\"\"\"pro\"\"\",1");
    nothing_is_left(__LINE__);
    producer.schema(&schema, "u");
    array = producer.column(producer.custom_ids);
    CHECK_EQUAL(client.mass_update_arrow({&array, &schema}, "arrow_custom", true).confirmed(), 2u);
    nothing_is_left(__LINE__);
    producer.schema(&schema, "g");
    array = producer.column(std::vector<std::int64_t>{0x7ff8000000000000, 0x4008000000000000});  // NaN and 3.0
    const auto skipped = client.mass_update_arrow({&array, &schema, "skip"}, "arrow_skipped", 1, RunOptions().dry_run());
    CHECK_EQUAL(skipped.state(0), UC_ID_NOT_ATTEMPTED);
    CHECK_EQUAL(skipped.requests(), 1u);
    nothing_is_left(__LINE__);

    // Whatever goes wrong, before the call or in it, everything is released once, and what was not taken is the caller's.
    producer.schema(&schema, "l");
    array = producer.column(producer.ids);
    CHECK_THROWS(client.mass_update_arrow({&array, nullptr}, "never", 1), usercom::InvalidArgument, "schema: is NULL");
    CHECK_THROWS(client.mass_update_arrow({nullptr, &schema}, "never", 1), usercom::InvalidArgument, "array: is NULL");
    CHECK(schema.release != nullptr && array.release != nullptr);
    CHECK_THROWS(client.mass_update_arrow({&array, &schema, "drop"}, "never", 1), usercom::InvalidArgument, "na: ");
    nothing_is_left(__LINE__);
    CHECK_THROWS(client.mass_update_arrow({&array, &schema}, "never", 1), usercom::InvalidArgument, "was released already");
    CHECK_THROWS(client.mass_update_rows_arrow(static_cast<ArrowArrayStream*>(nullptr), "never"), usercom::InvalidArgument,
                 "stream: is NULL");
    producer.schema(&schema, "l");
    array = producer.column(producer.ids);
    CHECK_THROWS(client.mass_update_rows_arrow({&array, &schema}, "never"), usercom::InvalidArgument, "stream: ");
    nothing_is_left(__LINE__);
    producer.batches = 1;
    stream = producer.stream();
    { const ArrowColumns unused(&stream); }
    CHECK(stream.release == nullptr && producer.streams == 2 && producer.alive == 0);
    stream = producer.stream();
    ArrowColumns columns(&stream);
    RunOptions throwing;
    throwing.progress([](const usercom::Progress&) { throw std::length_error("mine"); });
    CHECK_THROWS(client.mass_update_rows_arrow(std::move(columns), "arrow_thrown", throwing), std::length_error, "mine");
    CHECK(producer.streams == 3 && producer.alive == 0);
    CHECK_THROWS(client.mass_update_rows_arrow(std::move(columns), "never"), usercom::InvalidArgument, "released already");
    CHECK_EQUAL(ledger("never"), "");
}

// Every setter returns a temporary object by value, and one with a name by reference.
#define CHAINS(Class, call)                                                                        \
    static_assert(std::is_same_v<decltype(usercom::Class().call), usercom::Class>, #call);         \
    static_assert(std::is_same_v<decltype(std::declval<usercom::Class&>().call), usercom::Class&>, #call)

CHAINS(Options, workers(1));  // generated, as the others are
CHAINS(Options, no_rate_limit());
CHAINS(Options, set("x", "1"));
CHAINS(Options, log(nullptr));
CHAINS(RunOptions, dry_run());
CHAINS(RunOptions, set("x", "1"));
CHAINS(RunOptions, cancel(usercom::Cancel()));
CHAINS(Options, request_timeout(std::chrono::seconds(1)));
CHAINS(RunOptions, deadline(std::chrono::seconds(1)));
CHAINS(RunOptions, progress(std::declval<bool (*)(const usercom::Progress&)>()));

void options(const usercom::Client& client) {
    using usercom::Options, usercom::RunOptions;
    // Any option by name, and the method for it.
    const usercom::Client by_name(
        "acme", token,
        Options().set("base_url", '"' + environment("USERCOM_BASE_URL") + '"').set("batch_size", "1").no_rate_limit());
    CHECK_EQUAL(by_name.mass_update({1, 2}, "named", 1, RunOptions().set("dry_run", "true")).requests(), 2u);
    CHECK_EQUAL(by_name.mass_update({1, 2}, "named", 1).requests(), 2u);
    CHECK_THROWS(Options().set("workers", "33"), usercom::InvalidArgument, "workers: is outside 1 to 32 workers");
    CHECK_THROWS(RunOptions().set("workers", "1"), usercom::InvalidArgument, "workers: is not an option");
    CHECK_THROWS(RunOptions().set("deadline_ms", "soon"), usercom::InvalidArgument, "deadline_ms: is not JSON");
    CHECK_THROWS(Options().ca_file("/no\xff/where"), usercom::InvalidArgument, "ca_file: /no");

    // A journal in a directory whose name is no UTF-8: paths are bytes.
    char directory[] = "/tmp/usercom-XXXXXX";
    CHECK(mkdtemp(directory) != nullptr);
    const std::string journals = std::string(directory) + "/\xff";
    client.mass_update({1}, "journaled", 1, RunOptions().journal_dir(journals).journal_max_age(1h));
    CHECK(rmdir(journals.c_str()) == 0 && rmdir(directory) == 0);

    // What is invalid leaves the options as they were, and they can be moved.
    RunOptions dry;
    dry.dry_run().max_requests(5);
    CHECK_THROWS(dry.max_requests(0), usercom::InvalidArgument, "max_requests: is outside 1 and more requests");
    const RunOptions moved = std::move(dry);
    CHECK_EQUAL(client.mass_update({1}, "moved", 1, moved).status(), UC_STATUS_DRY_RUN);
    // The object that they were moved from has no defaults: it would send.
    CHECK_THROWS(client.mass_update({1}, "moved", 1, dry), usercom::InvalidArgument, "run_options: was moved from");
    CHECK_THROWS(dry.dry_run(), usercom::InvalidArgument, "run_options: is NULL");
    CHECK_EQUAL(ledger("moved"), "");
    Options given;
    const Options taken = std::move(given);
    CHECK_THROWS(usercom::Client("acme", token, given), usercom::InvalidArgument, "options: was moved from");
    usercom::Client gone = client_for("USERCOM_BASE_URL");
    const usercom::Client here = std::move(gone);
    CHECK_THROWS(gone.mass_update({1}, "moved", 1), usercom::InvalidArgument, "client: is NULL");
    RunOptions cancelled;
    {
        usercom::Cancel cancel;
        usercom::Cancel copy = std::move(cancel);
        cancelled.cancel(copy);
        cancel.request();
    }
    CHECK_THROWS(client.mass_update({1}, "moved", 1, cancelled), usercom::Stopped, "cancelled");

    // Numbers as they are, not as C's type would take them.
    CHECK_THROWS(Options().batch_size(-1), usercom::InvalidArgument, "batch_size: is -1; use a whole number from 0 on (1 to 10,000 ids)");
    CHECK_THROWS(Options().workers(4294967297), usercom::InvalidArgument, "workers: is outside 1 to 32 workers");
    CHECK_THROWS(Options().workers(~0ULL), usercom::InvalidArgument, "workers: is outside 1 to 32 workers");
    CHECK_THROWS(Options().api_version(-1), usercom::InvalidArgument, "api_version: is -1; use a whole number");
    CHECK_THROWS(Options().api_version(4294967296), usercom::InvalidArgument, "api_version: is outside 0 to 4,294,967,295");
    CHECK_THROWS(Options().max_attempts(-1), usercom::InvalidArgument, "1 to 20 attempts");
    CHECK_THROWS(Options().rate_limit(-1), usercom::InvalidArgument, "0.1 to 1,000 requests per second");
    CHECK_THROWS(Options().rate_limit(4294967297), usercom::InvalidArgument, "0.1 to 1,000 requests per second");
    CHECK_THROWS(Options().rate_limit(5, 0ms), usercom::InvalidArgument, "rate_limit: is outside 0.1 to 1,000 requests");
    CHECK_THROWS(Options().rate_limit(5, -1s), usercom::InvalidArgument, "rate_limit: is outside 0.1 to 1,000 requests");
    CHECK_THROWS(Options().rate_limit(5, std::chrono::hours::max()), usercom::InvalidArgument, "rate_limit: is outside");
    CHECK_THROWS(RunOptions().max_requests(-1), usercom::InvalidArgument, "1 and more requests");
    for (const auto& much : {std::chrono::hours::max(), std::chrono::hours(1 << 30)}) {
        CHECK_THROWS(Options().request_timeout(much), usercom::InvalidArgument, "request_timeout: is outside 1 ms to 1 h");
        CHECK_THROWS(RunOptions().stall_timeout(much), usercom::InvalidArgument, "stall_timeout: is outside 1 s to 24 h");
        CHECK_THROWS(RunOptions().journal_max_age(much), usercom::InvalidArgument, "journal_max_age: is outside 1 s to 30 days");
        CHECK_EQUAL(client.mass_update({1}, "much_time", 1, RunOptions().deadline(much)).status(), UC_STATUS_OK);
    }
    CHECK_THROWS(Options().request_timeout(std::chrono::hours::min()), usercom::InvalidArgument, "request_timeout: ");
    for (const auto& none : {std::chrono::hours::min(), std::chrono::hours(-5), std::chrono::hours(0)})
        CHECK_THROWS(client.mass_update({1}, "no_time", 1, RunOptions().deadline(none)), usercom::Stopped, "deadline");
    CHECK_EQUAL(ledger("no_time"), "");
}

void exceptions(const usercom::Client& client) {
    CHECK_THROWS(usercom::Client("acme.user.com", token), usercom::InvalidArgument, "subdomain: ");
    CHECK_THROWS(usercom::Client("acme", "short"), usercom::InvalidArgument, "app key");
    CHECK_THROWS(usercom::Client("acme", nullptr), usercom::InvalidArgument, "token: is NULL");
    CHECK_THROWS(usercom::mass_update("acme", static_cast<const char*>(nullptr), {1}, "plan", 1),
                 usercom::InvalidArgument, "token: is NULL");
    CHECK_THROWS(usercom::Options().workers(33), usercom::InvalidArgument, "workers: ");
    CHECK_THROWS(usercom::Options().request_timeout(-1s), usercom::InvalidArgument, "request_timeout: ");
    CHECK_THROWS(usercom::RunOptions().stall_timeout(1ms), usercom::InvalidArgument, "stall_timeout: ");
    CHECK_THROWS(client.mass_update({1}, "", 1), usercom::InvalidArgument, "attribute: ");
    CHECK_THROWS(client.mass_update({1}, "plan", std::nan("")), usercom::InvalidArgument, "do not exist in JSON");
    CHECK_THROWS(client.mass_update({1}, std::string("a\0b", 3), 1), usercom::InvalidArgument, "NUL");
    CHECK_THROWS(client.mass_update({1}, "plan", usercom::Value::json("a b")), usercom::InvalidArgument, "value: ");
    CHECK_THROWS(client.mass_update_rows(std::map<int, usercom::Value>{{1, 1}, {2, usercom::Value::json("x")}}, "plan"),
                 usercom::InvalidArgument, "values: entry 1 ");
    CHECK_THROWS(client.mass_update_custom_ids({std::string_view("a\0b", 3)}, "plan", 1), usercom::InvalidArgument, "NUL");
    try {
        client.mass_update({1, 2}, "plan", usercom::Value::json("x"));
    } catch (const usercom::Error& error) {
        CHECK(error.report() != nullptr && error.report()->total() == 0);
        CHECK_EQUAL(error.status(), UC_STATUS_INVALID_ARGUMENT);
    }

    // Of the users 1 to 100 only, and where every attribute must exist.
    const auto strict = client_for("STRICT_URL");
    const auto report = strict.mass_update({1, 999, 3}, "plan", "pro");
    CHECK_EQUAL(report.status(), UC_STATUS_PARTIAL);
    CHECK_EQUAL(report.failures().size(), 1u);
    const usercom::Failure failure = report.failures().at(0);
    CHECK_EQUAL(failure.index, 1u);
    CHECK_EQUAL(failure.state, UC_ID_REJECTED);
    CHECK_EQUAL(failure.http_status, 400);
    CHECK_EQUAL(failure.id, "999");
    CHECK(failure.message.find("999") != failure.message.npos);
    CHECK_THROWS(report.throw_for_failures(), usercom::PartialUpdate, "2 of 3 ids confirmed");
    CHECK_THROWS(report.throw_for_failures(), usercom::PartialUpdate, "Invalid pk \"999\"");
    CHECK_THROWS(report.throw_for_failures(), usercom::PartialUpdate, "value sent as a string");
    CHECK_THROWS(strict.mass_update({1, 2}, "mistyped", 1), usercom::Stopped, "attribute or value rejected");
    // An exception says all that the report and C say, which is where the service's words are.
    try {
        strict.mass_update({1, 2}, "mistyped", 1);
        CHECK(false);
    } catch (const usercom::Stopped& stopped) {
        CHECK_EQUAL(stopped.what(), std::string(stopped.report()->message()));
        CHECK_EQUAL(stopped.what(), std::string(uc_last_error()));
        const std::string said = stopped.what();
        CHECK(said.find("Object with name=mistyped does not exist.") != said.npos);
        CHECK(said.find("value sent as a number") != said.npos);
        CHECK_EQUAL(stopped.report()->failures().size(), 2u);
        for (const usercom::Failure& each : stopped.report()->failures())
            CHECK(each.message.find("mistyped") != std::string_view::npos);
    }
    // An exception may be kept, and its report outlives everything else.
    std::exception_ptr kept;
    try {
        client_for("STRICT_URL").mass_update({1, 2}, "mistyped", 1);
    } catch (...) {
        kept = std::current_exception();
    }
    try {
        std::rethrow_exception(kept);
    } catch (const usercom::Error& error) {
        CHECK_EQUAL(error.status(), UC_STATUS_REJECTED);
        CHECK(error.report() != nullptr && error.report()->total() == 2);
    }
}

struct Mine {};

void callbacks(const usercom::Client& client) {
    std::size_t calls = 0, total = 0;
    client.mass_update({1, 2, 3}, "told", 1, usercom::RunOptions().progress([&](const usercom::Progress& progress) {
        calls++;
        total = progress.total();
    }));
    CHECK(calls > 0 && total == 3);

    // The call throws what the callback threw, also for a run inside a run, which has its own exceptions.
    usercom::RunOptions throwing;
    throwing.progress([](const usercom::Progress&) { throw Mine(); });
    bool caught = false;
    try {
        client.mass_update({1}, "thrown", 1, throwing);
    } catch (const Mine&) {
        caught = true;
    }
    CHECK(caught);
    bool inner = false;
    usercom::RunOptions outer;
    outer.progress([&](const usercom::Progress&) {
        try {
            client.mass_update({1}, "inner", 1, throwing);
        } catch (const Mine&) {
            inner = true;
        }
    });
    CHECK_EQUAL(client.mass_update({1}, "outer", 1, outer).status(), UC_STATUS_OK);
    CHECK(inner);

    // Slow enough to be stopped in the middle.
    const usercom::Client slow("acme", token,
                               usercom::Options().base_url(environment("USERCOM_BASE_URL")).batch_size(1).rate_limit(20));
    const std::vector<std::int64_t> many = [] {
        std::vector<std::int64_t> ids(500);
        for (std::size_t i = 0; i < ids.size(); i++) ids[i] = static_cast<std::int64_t>(i) + 1;
        return ids;
    }();
    usercom::RunOptions stop;
    stop.progress([](const usercom::Progress& progress) { return progress.confirmed() < 3; });
    CHECK_THROWS(slow.mass_update(many, "stopped", 1, stop), usercom::Stopped, "cancelled");
    CHECK(ledger("stopped").find("3,1,1") != std::string::npos && ledger("stopped").find("20,1,1") == std::string::npos);

    usercom::Cancel cancel;
    std::thread soon([&] {
        std::this_thread::sleep_for(200ms);
        cancel.request();
    });
    CHECK_THROWS(slow.mass_update(many, "cancelled", 1, usercom::RunOptions().cancel(cancel)), usercom::Stopped,
                 "cancelled");
    soon.join();
    CHECK_THROWS(slow.mass_update(many, "late", 1, usercom::RunOptions().deadline(300ms)), usercom::Stopped, "deadline");
    CHECK_THROWS(slow.mass_update(many, "late", 1, usercom::RunOptions().deadline(0ms)), usercom::Stopped, "deadline");

    std::vector<std::string> lines;
    {
        // The options may go; the client keeps what it writes to.
        const usercom::Client logging = [&] {
            usercom::Options options;
            options.base_url(environment("USERCOM_BASE_URL")).no_rate_limit();
            options.log([&](int, std::string_view line) { lines.emplace_back(line); }, 5);
            return usercom::Client("acme", token, options);
        }();
        const usercom::Client moved = client_for("USERCOM_BASE_URL");
        logging.mass_update({1}, "logged", 1);
    }
    CHECK(!lines.empty() && lines.back().find("all 1 ids confirmed") != std::string::npos);
    const usercom::Client angry("acme", token,
                                usercom::Options().base_url(environment("USERCOM_BASE_URL")).log([](int, std::string_view) {
                                    throw Mine();
                                }));
    caught = false;
    try {
        angry.mass_update({1}, "angry", 1);
    } catch (const Mine&) {
        caught = true;
    }
    CHECK(caught);
    CHECK_EQUAL(ledger("angry"), "1,1,1");
}

// With a sandbox that ignores what does not have the attribute's type, and has two users on a page.
void looking() {
    const auto client = client_for("TYPED_URL");
    const usercom::Check found = client.check("score", 12, "many");
    CHECK(!found.passed());
    CHECK_EQUAL(found.status(), UC_STATUS_INVALID_ARGUMENT);
    const auto lines = found.lines();
    CHECK(lines.size() == 8 && lines.front().about == "name" && lines.front().finding == usercom::Finding::ok);
    CHECK(lines.back().about == "type" && lines.back().finding == usercom::Finding::failed);
    CHECK(lines.back().text.find("can't be read as integer") != std::string_view::npos);
    CHECK(found.text().find("failed   type: ") != std::string_view::npos);
    CHECK(found.json().find("\"passed\":false") != std::string_view::npos);
    CHECK(client.check().passed() && client.check("score").passed());
    CHECK(client.check("score", std::vector<usercom::Value>{1, 2}).passed());
    CHECK_THROWS(client.check("score", usercom::Value::json("x")), usercom::InvalidArgument, "values: entry 0");

    std::vector<std::string> seen;
    usercom::Users users = client.users({"score"});
    CHECK_EQUAL(users.cursor().value(), "");
    for (const usercom::User& user : users) {
        seen.push_back(std::to_string(user.id) + ' ' + user.custom_id.value_or("-") + ' ' + user.email.value_or("-"));
        CHECK_EQUAL(users.attribute("score").value_or("-"), user.id == 3 ? "-" : "5");
        CHECK_EQUAL(user.json.find("\"attributes\":{\"score\":") != std::string::npos, true);
        CHECK_EQUAL(users.cursor().value_or("end"), seen.size() < 3 ? "page=2" : "end");
    }
    CHECK(seen == (std::vector<std::string>{"1 u-1 ann@shop.example", "2 - -", "3 u-3 bob@shop.example"}));
    CHECK(users.begin() == users.end());
    usercom::Users rest = client.users({}, "page=2");
    CHECK_EQUAL(std::distance(rest.begin(), rest.end()), 1);
    usercom::Cancel cancel;
    usercom::Users cancelled = client.users({}, nullptr, cancel);
    cancel.request();
    CHECK_THROWS(cancelled.begin(), usercom::Error, "cancelled");
    CHECK_THROWS(client.users({}, "a b"), usercom::InvalidArgument, "cursor: ");
#if defined(__cpp_lib_ranges)
    static_assert(std::ranges::input_range<usercom::Users>);
    usercom::Users ranged = client.users();
    CHECK_EQUAL(std::ranges::count_if(ranged, [](const usercom::User& user) { return user.id > 1; }), 2);
#endif

    CHECK_THROWS(client.mass_update({1}, "score", "many", usercom::RunOptions().preflight()), usercom::InvalidArgument,
                 "integer");
    const auto report = client.mass_update({1, 2}, "score", 7, usercom::RunOptions().verify(2));
    CHECK(report.verified() == 2 && report.mismatched() == 0 && report.mismatches().empty());
    // The deadline ends the waits before a mismatch is read again.
    const auto strict = client.mass_update({1, 2}, "score", "many",
                                           usercom::RunOptions().verify(2).verify_strict().deadline(2500ms));
    CHECK_EQUAL(strict.status(), UC_STATUS_MISMATCH);
    CHECK_EQUAL(strict.mismatched(), 2u);
    CHECK_EQUAL(strict.mismatches().back().index, 1u);
    CHECK(strict.mismatches().back().sent == "\"many\"" && strict.mismatches().back().stored == "7");
    CHECK_THROWS(strict.throw_for_failures(), usercom::Mismatch, "read back");
}

void threads(const usercom::Client& client) {
    std::atomic<int> good{0};
    std::vector<std::thread> all;
    for (std::int64_t t = 0; t < 8; t++)
        all.emplace_back([&client, &good, t] {
            for (std::int64_t i = 0; i < 5; i++)
                good += static_cast<int>(client.mass_update({1 + t * 5 + i}, "threads", 1).confirmed());
        });
    for (std::thread& thread : all) thread.join();
    CHECK_EQUAL(good.load(), 40);
}

}  // namespace

int main() {
    const auto client = client_for("USERCOM_BASE_URL");
    values();
    ids_in_every_form(client);
    runs(client);
    arrow(client);
    options(client);
    exceptions(client);
    callbacks(client);
    looking();
    threads(client);
    uc_shutdown();
    std::cout << passed << " passed, " << failed << " failed\n";
    return failed == 0 && passed > 0 ? 0 : 1;
}
