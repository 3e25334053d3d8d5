<?php

declare(strict_types=1);

namespace UserCom;

if (!\function_exists(__NAMESPACE__ . '\massUpdate')) {
    /**
     * Sets one attribute of many users in one call, with all defaults.
     *
     * Blocks until each id is confirmed or rejected, or until there is a reason to stop; at 5 requests of 1,000 ids
     * per second, 100,000 ids take 20 s. Calls with the same subdomain and token share connections in this process,
     * and the rate limit with all processes of this user on this machine. The environment variable USERCOM_BASE_URL
     * may name a loopback address to send to instead (`usercom sandbox`).
     *
     * @param string $subdomain the `acme` of `https://acme.user.com`
     * @param string|false|null $token the 64-character REST API key; false, which getenv() returns for a variable that
     *     does not exist, and null are invalid and explained
     * @param iterable<int, int|numeric-string> $ids User.com's own ids, above 0
     * @param string $attribute the attribute's name, 1 to 255 characters
     * @param mixed $value as for {@see Client::massUpdate()}
     *
     * @return Report a report in which every id is confirmed
     *
     * @throws Error unless every single id was confirmed: {@see Error\PartialUpdate} when some were not,
     *     {@see Error\InvalidArgument} when nothing was sent; `->report` says what became of each id
     */
    function massUpdate(
        string $subdomain,
        #[\SensitiveParameter] string|false|null $token,
        iterable $ids,
        string $attribute,
        mixed $value,
    ): Report {
        return Client::shared($subdomain, $token)->massUpdate($ids, $attribute, $value)->raiseForFailures();
    }
}
