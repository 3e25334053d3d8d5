// looking SUBDOMAIN: sets score by e-mail address. Checks what the update needs, looks the ids up, updates, and reads
// some values back. USERCOM_BASE_URL may name a sandbox.
#include <cstdlib>
#include <iostream>
#include <map>
#include <utility>
#include <vector>

#include <usercom.hpp>

int main(int argc, char** argv) try {
    const char *token = std::getenv("USERCOM_TOKEN"), *url = std::getenv("USERCOM_BASE_URL");
    const usercom::Client client(argc > 1 ? argv[1] : nullptr, token, usercom::Options().base_url(url));
    const std::map<std::string, int> scores = {{"ann@shop.example", 12}, {"bob@shop.example", 7}};

    const usercom::Check check = client.check("score", 12, 7);
    std::cout << check.text();  // a line for each thing that it looked at
    if (!check.passed()) return 1;

    std::vector<std::pair<std::int64_t, int>> rows;
    for (const usercom::User& user : client.users()) {  // page by page
        const auto found = scores.find(user.email.value_or(""));
        if (found != scores.end()) rows.emplace_back(user.id, found->second);
    }

    const usercom::Report report = client.mass_update_rows(rows, "score", usercom::RunOptions().verify(5));
    std::cout << report.confirmed() << " updated; read back: " << report.verified() << " as sent, "
              << report.mismatched() << " otherwise\n";
    return 0;
} catch (const usercom::Error& error) {
    std::cerr << error.what() << '\n';
    return 2;
}
