#!/bin/sh
# What would convert, dangle or be read in two ways must not compile: each line below, in a function with the names that
# are declared here. The lines marked `+` must compile, so that a mistake in here is found.
set -u
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/head.hpp" <<'CODE'
#include <list>
#include <map>
#include <set>
#include "usercom.hpp"
using namespace usercom;
using namespace std::chrono_literals;
enum Unscoped { RED };
enum class Scoped { RED };
const Client& client();
Report report();
void takes(const Ids&);
void f();
CODE
cat >"$work/lines" <<'LINES'
+ client().mass_update_rows(std::map<long, double>{{1, 2.5}}, "x");
+ client().mass_update_rows(std::vector<std::pair<unsigned long long, bool>>{{1u, true}}, "x");
  client().mass_update_rows(std::vector<std::pair<double, int>>{{1.5, 1}}, "x");
  client().mass_update_rows(std::map<float, int>{{1.5f, 1}}, "x");
  client().mass_update_rows(std::map<bool, int>{{true, 1}}, "x");
  client().mass_update_rows(std::map<char, int>{{'1', 1}}, "x");
  client().mass_update_rows(std::map<char16_t, int>{{u'1', 1}}, "x");
  client().mass_update_rows(std::map<std::string, int>{{"1", 1}}, "x");
  client().mass_update_rows(std::map<Unscoped, int>{{RED, 1}}, "x");
  client().mass_update_rows(std::map<int, char>{{1, '1'}}, "x");
  client().mass_update_rows(std::map<int, wchar_t>{{1, L'1'}}, "x");
  client().mass_update_rows_custom_ids(std::map<int, int>{{1, 1}}, "x");
  client().mass_update_rows_custom_ids(std::map<char, int>{{'a', 1}}, "x");
  client().mass_update_custom_ids(std::vector<int>{1}, "x", 1);
+ ArrowArrayStream stream{}; client().mass_update_rows_arrow({&stream, "skip"}, "x");
+ ArrowArray array{}; ArrowSchema schema{}; client().mass_update_arrow({&array, &schema}, "x", 1);
  ArrowArrayStream stream{}; client().mass_update_rows_arrow(stream, "x");
  ArrowArrayStream stream{}; client().mass_update_arrow(&stream, "x");
  ArrowArray array{}; client().mass_update_arrow(&array, "x", 1);
  ArrowColumns columns(nullptr); client().mass_update_rows_arrow(columns, "x");
  ArrowColumns columns(nullptr), copy = columns;
+ takes(std::vector<short>{1});
  takes(std::vector<double>{1.5});
  takes(std::list<float>{1.5f});
  takes(std::vector<bool>{true});
  takes(std::vector<char>{'1'});
  takes(std::vector<wchar_t>{L'1'});
  takes(std::vector<char32_t>{U'1'});
  takes(std::vector<Scoped>{Scoped::RED});
  takes(std::string("12"));
  takes({1.5});
  double id = 1; takes({id});
  takes({'1'});
+ unsigned long long id = 1; takes({id, 2, 3L});
+ const int ids[] = {1, 2}; takes({ids, ids + 2});
  const double ids[] = {1, 2}; takes({ids, ids + 2});
  const double ids[] = {1, 2}; takes({ids, 2});
  takes({"12", "15"});
+ Value a(1.5f), b(true), c("x"), d(-1L), e(std::chrono::system_clock::now());
  Value a('x');
  Value a(L'x');
  Value a(u'x');
  Value a(nullptr);
  Value a(f);
  Value a(&Report::total);
  Value a(static_cast<void*>(nullptr));
  Value a(static_cast<int*>(nullptr));
  Value a(1.5L);
  Value a(RED);
  Value a(Scoped::RED);
  Value a(std::chrono::steady_clock::now());
  Value a(5min);
  Value a(std::chrono::time_point<std::chrono::system_clock, std::chrono::duration<double>>{});
  Value a(std::chrono::time_point<std::chrono::system_clock, std::chrono::duration<long, std::pico>>{});
  Value a = Value::date(2026, 11.5, 23);
  Value a = Value::date(2026, 11, true);
+ Options().workers(2u).batch_size(7L).rate_limit(1, 2s).request_timeout(5min);
  Options().workers(2.5);
  Options().workers(true);
  Options().batch_size('x');
  Options().rate_limit(2.5);
  Options().request_timeout(5);
  Options().request_timeout(0.5s);
  Options().request_timeout(5us);
  RunOptions().deadline(600);
  RunOptions().deadline(0.5h);
+ RunOptions().deadline(std::chrono::hours::max());
  auto text = report().message();
  auto text = report().text();
  auto text = report().json();
  for (const Failure& failure : report().failures()) (void)failure;
+ RunOptions().progress([](const Progress&) {});
  RunOptions().progress([](Progress) {});
  RunOptions().progress([](const Progress& progress) { Progress kept = progress; return kept.done() > 0; });
  auto handle = report().get();
  auto handle = Options().get();
  auto handle = RunOptions().get();
  Options& options = Options().workers(1);
  RunOptions& options = RunOptions().dry_run();
LINES

# Compiles a function for each of the numbered lines; what is said of a line names its number.
compiles() {
    { cat "$work/head.hpp"; sed 's/^\([0-9]*\)  \(.*\)/#line \1 "line"\nvoid line\1() { \2 }/'; } >"$work/all.cpp"
    case $compiler in g++) all=-fmax-errors=0 ;; *) all=-ferror-limit=0 ;; esac
    $compiler -std=c++17 -w $all -fsyntax-only -I../../include -I. "$work/all.cpp" >"$work/said" 2>&1
}

# The numbers of the lines that have an error, or asked for a template that has one.
lines_with_errors() {
    sed -nE 's/^line:([0-9]+):.*( error: |required from|requested here).*/\1/p' "$work/said" | sort -u
}

wrong=0
grep -n '^+ ' "$work/lines" | sed 's/:+ /  /' >"$work/good"
grep -n '^  ' "$work/lines" | sed 's/:  /  /' >"$work/bad"
for compiler in g++ clang++; do
    compiles <"$work/good" || { wrong=1; echo "FAILED: with $compiler this does not compile:" >&2; cat "$work/said" >&2; }
    compiles <"$work/bad"
    lines_with_errors >"$work/named"
    # A template that two lines ask for is named with the first only.
    while read -r number line; do
        grep -qx "$number" "$work/named" && continue
        echo "$number  $line" | compiles || continue
        wrong=1
        echo "FAILED: with $compiler this compiles: $line" >&2
    done <"$work/bad"
done
[ $wrong = 0 ] && echo "what must not compile: $(wc -l <"$work/lines") lines passed"
