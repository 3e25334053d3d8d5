<?php

// Runs the tests of this package: php tests/run.php [words in the name of a test]
// USERCOM_LIBRARY is the library, USERCOM_PROGRAM the program that serves as the sandbox; `make test` sets both.

declare(strict_types=1);

error_reporting(E_ALL);
set_error_handler(static function (int $level, string $message, string $file, int $line): bool {
    // Not for what was silenced with @.
    return (error_reporting() & $level) === 0 ? true : throw new ErrorException($message, 0, $level, $file, $line);
});

const PACKAGE = __DIR__ . '/..';
define('PROGRAM', getenv('USERCOM_PROGRAM') ?: PACKAGE . '/../../target/debug/usercom');
define('LIBRARY', getenv('USERCOM_LIBRARY') ?: PACKAGE . '/../../target/lib/libusercom.so');
foreach ([PROGRAM, LIBRARY] as $file) {
    if (!is_file($file)) {
        fwrite(STDERR, "there is no $file: run make test\n0 passed, 1 failed\n");
        exit(1);
    }
}
putenv('USERCOM_LIBRARY=' . LIBRARY);

require PACKAGE . '/src/autoload.php';
require __DIR__ . '/support/harness.php';
require __DIR__ . '/support/Sandbox.php';
require __DIR__ . '/support/Fpm.php';
foreach (glob(__DIR__ . '/*_test.php') as $file) {
    require $file;
}

$wanted = implode(' ', array_slice($argv, 1));
$passed = $failed = 0;
foreach (Tests::$all as $name => $body) {
    if ($wanted !== '' && !str_contains($name, $wanted)) {
        continue;
    }
    $start = hrtime(true);
    try {
        $body();
        ++$passed;
        printf("ok      %s (%d ms)\n", $name, (hrtime(true) - $start) / 1e6);
    } catch (Failed $e) {
        ++$failed;
        printf("FAILED  %s\n        %s\n        %s\n", $name, $e->getMessage(), where($e));
    } catch (Throwable $e) {
        ++$failed;
        printf("FAILED  %s\n%s\n", $name, $e);
    }
}
echo "$passed passed, $failed failed\n";
exit($failed > 0 || $passed === 0 ? 1 : 0);

function where(Throwable $e): string
{
    foreach ($e->getTrace() as $frame) {
        if (str_ends_with($frame['file'] ?? '', '_test.php')) {
            return basename($frame['file']) . ':' . $frame['line'];
        }
    }

    return '';
}
