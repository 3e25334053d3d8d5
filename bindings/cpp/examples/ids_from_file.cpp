// Sets an attribute of all users whose ids are in a file, one per line; shows the progress and every failed id.
//
//     c++ -std=c++17 ids_from_file.cpp -o ids_from_file -lusercom
//     USERCOM_TOKEN=... ./ids_from_file acme plan pro ids.txt
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

#include "usercom.hpp"

int main(int argc, char** argv) try {
    using namespace std::chrono_literals;
    if (argc != 5) {
        std::cerr << "usage: USERCOM_TOKEN=... " << argv[0] << " SUBDOMAIN ATTRIBUTE TEXT IDS_FILE\n";
        return 2;
    }
    std::ifstream file(argv[4]);
    const std::vector<std::int64_t> ids(std::istream_iterator<std::int64_t>(file), {});
    if (!file.eof()) {
        std::cerr << argv[4] << ": can't be read, or contains something that is not an id\n";
        return 2;
    }

    // All defaults; USERCOM_BASE_URL may name a sandbox on this machine.
    const auto client = usercom::Client::shared(argv[1], std::getenv("USERCOM_TOKEN"));
    usercom::RunOptions options;
    options.deadline(1h).progress([](const usercom::Progress& progress) {
        std::cerr << '\r' << progress.done() << " of " << progress.total() << " ids ";
    });
    const usercom::Report report = client.mass_update(ids, argv[2], argv[3], options);

    std::cerr << '\n' << report.message() << '\n';
    for (const usercom::Failure& failure : report.failures())
        std::cout << ids[failure.index] << '\t' << failure.message << '\n';
    return report.status() == UC_STATUS_OK ? 0 : 1;
} catch (const usercom::Error& error) {
    std::cerr << '\n' << error.what() << '\n';
    if (error.report() != nullptr) std::cerr << error.report()->confirmed() << " ids were confirmed before\n";
    return error.status() == UC_STATUS_INVALID_ARGUMENT ? 2 : 1;
}
