<?php

// Under a real php-fpm: the lines of the README work as they are, and without them the message says what to do.

declare(strict_types=1);

/**
 * The lines that the README gives for php-fpm, in its order.
 *
 * @return list<string>
 */
function readmeIni(): array
{
    preg_match_all('~```ini\n(.*?)```~s', (string) file_get_contents(PACKAGE . '/README.md'), $found);
    same(4, count($found[1]), 'blocks of ini in the README');

    return $found[1];
}

const UPDATE = <<<'PHP'
    use UserCom\{Client, Date, Error};

    try {
        $client = new Client('acme', getenv('USERCOM_TOKEN'), baseUrl: $_SERVER['URL'], log: fn () => null);
        $report = $client->massUpdate(['1', 2], 'plan', ['a', new Date('2026-11-23')], progress: fn () => null);
        foreach ($client->massUpdateRowsCustomIds(['u-1' => 1.5], 'score')->states() as $state) {
            echo $state->name, ' ';
        }
        echo $report;
    } catch (Error $e) {
        echo get_class($e), ': ', $e->getMessage();
    }
    PHP;

/** What the page says, twice: a second request must find everything as the first. */
function underFpm(string $ini, string $pool): string
{
    $sandbox = new Sandbox();
    $fpm = new Fpm($ini, $pool, ['USERCOM_TOKEN' => Sandbox::TOKEN]);
    $first = $fpm->get(UPDATE, ['URL' => $sandbox->url]);
    same($first, $fpm->get(UPDATE, ['URL' => $sandbox->url]));
    holds(!str_contains($first, Sandbox::TOKEN), 'the token is shown');

    return $first;
}

test('row 92: php-fpm with the package preloaded and the token passed on', function (): void {
    [$preload, , $env] = readmeIni();
    contains('Confirmed ok: all 2 ids confirmed', underFpm($preload, $env));
});

test('row 92: php-fpm with FFI on for a pool and its environment kept', function (): void {
    [, $ffi, , $keep] = readmeIni();
    contains('Confirmed ok: all 2 ids confirmed', underFpm('', "$ffi$keep"));
});

test('row 92: php-fpm as it comes: both ways to FFI are named', function (): void {
    $response = underFpm('', 'clear_env = no');
    foreach (['UserCom\Error\LibraryUnavailable: ', '"ffi.enable=true" into ', '/php.ini', '"php_admin_value[ffi.enable] = true"',
        '/vendor/usercom/usercom/src/preload.php" and "opcache.preload_user=', 'restart PHP'] as $part) {
        contains($part, $response);
    }
});

test('row 92: php-fpm with preloading in the pool\'s file, where it does nothing', function (): void {
    [$preload] = readmeIni();
    $pool = (string) preg_replace('/^(opcache\.\w+)=/m', 'php_admin_value[$1] = ', $preload);
    contains('has not loaded this package: it must be in php.ini, not in a pool\'s file', underFpm('', $pool));
});

test('row 92: php-fpm clears the environment: a token that is not there is explained', function (): void {
    [, $ffi] = readmeIni();
    $response = underFpm('', $ffi);
    foreach (['InvalidArgument: token: is empty', 'php-fpm clears the environment', '"clear_env = no"', '"env[USERCOM_TOKEN] = …"', 'restart php-fpm'] as $part) {
        contains($part, $response);
    }
});

test('row 92: a token that is not there, on the command line', function (): void {
    $code = <<<'PHP'
        putenv('USERCOM_TOKEN');
        foreach ([getenv('USERCOM_TOKEN'), $_ENV['USERCOM_TOKEN'] ?? null, ''] as $token) {
            foreach ([
                fn () => new UserCom\Client('acme', $token),
                fn () => UserCom\Client::shared('acme', $token),
                fn () => UserCom\massUpdate('acme', $token, [1], 'plan', 'pro'),
            ] as $use) {
                try {
                    $use();
                } catch (UserCom\Error\InvalidArgument $e) {
                    echo $e->getMessage(), "\n";
                }
            }
        }
        PHP;
    foreach (['', 'declare(strict_types=1);'] as $mode) {
        $file = new TempFile("<?php $mode require " . var_export(PACKAGE . '/autoload.php', true) . ";\n$code");
        [$exit, $output] = php([$file->path]);
        same([0, 9], [$exit, preg_match_all('/^token: is empty; use the 64-character REST API key. If it comes from getenv\(\)/m', $output)], $output);
    }
});
