<?php

// The package as it is shipped: every file compiles, what is generated is up to date, and the README shows examples
// that run.

declare(strict_types=1);

use UserCom\Internal\Options;

/** @return list<string> every PHP file of the package */
function files(string $folder): array
{
    $found = [];
    foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator(PACKAGE . "/$folder", FilesystemIterator::SKIP_DOTS)) as $file) {
        if ($file->getExtension() === 'php') {
            $found[] = $file->getPathname();
        }
    }

    return $found;
}

test('every file compiles', function (): void {
    $files = [PACKAGE . '/autoload.php', ...files('src'), ...files('examples'), ...files('tests')];
    holds(count($files) > 40, 'too few files');
    foreach ($files as $file) {
        [$code, $output] = php(['-n', '-l', $file]);
        same(0, $code, $output);
        $isExample = str_contains($file, '/examples/');
        holds($isExample || str_contains((string) file_get_contents($file), "\ndeclare(strict_types=1);\n"), "$file is not strict");
    }
});

test('usercom.cdef.h is what include/usercom.h says', function (): void {
    $cdef = (string) file_get_contents(PACKAGE . '/usercom.cdef.h');
    $header = (string) file_get_contents(PACKAGE . '/../../include/usercom.h');
    holds(!str_contains($cdef, '#'), 'it has a directive');
    $functions = static function (string $c): array {
        $c = (string) preg_replace('~/\*[\s\S]*?\*/|^#.*$|\bstruct (?=uc_\w+ \*)~m', '', $c);
        preg_match_all('~^[\w ]+[ *](?:\(\*)?(uc_\w+)\)?\s*\(.*?\);~ms', $c, $found);
        $one = static fn (string $prototype): string => (string) preg_replace('~\s+~', ' ', trim($prototype));

        return array_combine($found[1], array_map($one, $found[0]));
    };
    holds(count($functions($header)) > 60, 'found too few');
    $sorted = static function (array $all): array {
        ksort($all);

        return $all;
    };
    same($sorted($functions($header)), $sorted($functions($cdef)));
    preg_match_all('~\bUC_\w+ = \d+~', (string) preg_replace('~^#define (UC_ABI_VERSION) ~m', '$1 = ', $header), $numbers);
    foreach ($numbers[0] as $number) {
        contains($number, $cdef);
    }
    same(count($numbers[0]), preg_match_all('~\bUC_\w+ = \d+~', $cdef));
});

test('every option is an argument, and no message calls it as C does', function (): void {
    $client = new ReflectionClass(UserCom\Client::class);
    $methods = ['massUpdate', 'massUpdateCustomIds', 'massUpdateRows', 'massUpdateRowsCustomIds'];
    $tables = [[Options::CLIENT, ['__construct']], [Options::RUN, $methods]];
    foreach ($tables as [$options, $takenBy]) {
        holds(count($options) > 7, 'too few options');
        foreach ($takenBy as $method) {
            $arguments = [];
            foreach ($client->getMethod($method)->getParameters() as $parameter) {
                $arguments[$parameter->getName()] = $parameter;
            }
            foreach ($options as $argument => [$name]) {
                holds(isset($arguments[$argument]), "$method does not take $argument");
                same(null, $arguments[$argument]->getDefaultValue() ?: null, $argument);
                contains(" \$$argument ", (string) $client->getMethod($method)->getDocComment());
                same($argument, Options::ARGUMENTS[$name] ?? $name);
            }
        }
        same([], array_filter(array_keys($options), fn (string $argument): bool => str_contains($argument, '_')));
    }
});

test('every class is where composer.json says', function (): void {
    $composer = json_decode((string) file_get_contents(PACKAGE . '/composer.json'), true, 16, JSON_THROW_ON_ERROR);
    same('usercom/usercom', $composer['name']);
    same(['UserCom\\' => 'src/'], $composer['autoload']['psr-4']);
    foreach ($composer['autoload']['files'] as $file) {
        holds(is_file(PACKAGE . "/$file"), "there is no $file");
    }
    foreach (files('src') as $file) {
        $name = substr($file, strlen(PACKAGE . '/src/'), -strlen('.php'));
        if (ctype_upper(basename($name)[0])) {
            $class = 'UserCom\\' . str_replace('/', '\\', $name);
            holds(class_exists($class), "$file does not have $class");
            holds((new ReflectionClass($class))->isFinal() || $class === UserCom\Error::class, "$class is not final");
        }
    }
});

test('preloading loads every class', function (): void {
    [$code, $output] = php(['-r', 'require $argv[1]; echo count(array_filter(get_declared_classes(), '
        . 'fn ($c) => str_starts_with($c, "UserCom\\\\")));', '--', PACKAGE . '/src/preload.php']);
    $classes = array_filter(files('src'), fn (string $file): bool => ctype_upper(basename($file)[0]));
    same([0, (string) count($classes)], [$code, $output]);
});

/** Runs an example as its user would: in a project with vendor/autoload.php. */
function example(string $name, object $sandbox, string ...$arguments): array
{
    $project = sys_get_temp_dir() . '/usercom-php-' . getmypid();
    @mkdir("$project/vendor", recursive: true);
    file_put_contents("$project/vendor/autoload.php", '<?php require ' . var_export(PACKAGE . '/autoload.php', true) . ';');
    $before = getcwd();
    chdir($project);
    try {
        return php(['-d', 'error_reporting=-1', '-d', 'display_errors=1', PACKAGE . "/examples/$name", ...array_values($arguments)], [
            'USERCOM_TOKEN' => Sandbox::TOKEN,
            'USERCOM_BASE_URL' => $sandbox->url,
            'TMPDIR' => $project,
        ]);
    } finally {
        chdir((string) $before);
        exec('rm -r ' . escapeshellarg($project));
    }
}

test('examples/one_call.php', function (): void {
    $sandbox = new Sandbox();
    same([0, ''], example('one_call.php', $sandbox));
    same([10 => '"pro"', 15 => '"pro"', 22 => '"pro"', 23 => '"pro"'], $sandbox->ledger('plan'));
});

test('examples/values.php sends what its comments say', function (): void {
    $sandbox = new Sandbox();
    same([0, ''], example('values.php', $sandbox));
    preg_match_all(
        "~massUpdate\(\\\$ids, '(\w+)',.*// (\S+?)(?:, to the byte)?$~m",
        (string) file_get_contents(PACKAGE . '/examples/values.php'),
        $said,
        PREG_SET_ORDER,
    );
    same(8, count($said));
    foreach ($said as [, $attribute, $json]) {
        // The custom ids' plan comes last.
        same($json, $sandbox->ledger($attribute)[15], $attribute);
    }
    same([10 => '7', 15 => '9'], $sandbox->ledger('points'));
});

test('examples/errors.php', function (): void {
    $users = new TempFile("id,newsletter\n10,false\n15,false\n");
    $sandbox = new Sandbox('--users', $users->path, '--unknown-ids', 'reject');
    [$code, $output] = example('errors.php', $sandbox);
    same(0, $code, $output);
    contains("2 of 3 confirmed\nid 999999: Rejected, ", $output);
});

test('examples/unknown.php sends again what is unknown, and nothing else', function (): void {
    $sandbox = new Sandbox();
    same([0, ''], example('unknown.php', $sandbox));
    same([4], array_column($sandbox->requests(), 'ids'));

    // A service that fails until the first run has given up.
    $server = proc_open([PHP_BINARY, '-r', <<<'PHP'
        $server = stream_socket_server('tcp://127.0.0.1:0');
        echo stream_socket_get_name($server, false), "\n";
        $first = null;
        while ($one = @stream_socket_accept($server, 60)) {
            for ($size = 0; ($line = trim((string) fgets($one))) !== ''; ) {
                $size = stripos($line, 'content-length:') === 0 ? (int) substr($line, 15) : $size;
            }
            $ids = implode(' ', json_decode(stream_get_contents($one, $size))->ids);
            $first ??= microtime(true);
            [$status, $body] = microtime(true) - $first < 4.5 ? ['503 Busy', '{}'] : ['200 OK', '{"status":"ok"}'];
            fwrite($one, "HTTP/1.1 $status\r\ncontent-length: " . strlen($body) . "\r\nconnection: close\r\n\r\n$body");
            fclose($one);
            echo "$status: $ids\n";
        }
        PHP], [['file', '/dev/null', 'r'], ['pipe', 'w']], $pipes);
    $sandbox = (object) ['url' => 'http://' . trim((string) fgets($pipes[1]))];
    [$code, $output] = example('unknown.php', $sandbox);
    proc_terminate($server);
    $requests = explode("\n", trim(stream_get_contents($pipes[1])));
    proc_close($server);
    same(0, $code, $output);
    contains('stopped early: no progress for 4 s', $output);
    same('200 OK: 10 15 22 23', end($requests));
    holds(count($requests) > 3, 'too few requests');
});

test('examples/progress.php', function (): void {
    $sandbox = new Sandbox();
    [$code, $output] = example('progress.php', $sandbox);
    same(0, $code, $output);
    contains('5000 of 5000, waiting 0.0 s', $output);
    contains('3 run ended, ok', $output);
    same(5000, count($sandbox->ledger('score')));
});

test('examples/cron.php', function (): void {
    $csv = new TempFile("id,points\n10,7\n15,9\n22,7\n");
    $sandbox = new Sandbox();
    [$code, $output] = example('cron.php', $sandbox, $csv->path);
    same(0, $code, $output);
    same([], glob("$csv->path.journal/*"));
    rmdir("$csv->path.journal");
    contains('3 ids: 3 confirmed', $output);
    same([10 => '7', 15 => '9', 22 => '7'], $sandbox->ledger('points'));
});

test('the README shows the examples as they are', function (): void {
    $readme = (string) file_get_contents(PACKAGE . '/README.md');
    preg_match_all('~<!-- (examples/\w+\.php) -->\n```php\n(.*?)```~s', $readme, $shown, PREG_SET_ORDER);
    foreach ($shown as [, $file, $code]) {
        same((string) file_get_contents(PACKAGE . "/$file"), $code, $file);
    }
    same(count(files('examples')), count($shown));
    same(substr_count($readme, '```php'), count($shown), 'code that no test runs');
});
