/* SPDX-License-Identifier: Apache-2.0 */
#include "fluid.h"

#define AIR_G_PER_ML 0.0012
#define WEIGHTS_G_PER_ML 8.0

double fluid_water_g_per_ml(double t)
{
	double below = t - 3.983035;
	return 0.999974950 * (1 - below * below * (t + 301.797) / (522528.9 * (t + 69.34881)));
}

double fluid_ml_per_g(double density_g_per_ml, bool buoyancy)
{
	if (!buoyancy)
		return 1 / density_g_per_ml;
	return (1 - AIR_G_PER_ML / WEIGHTS_G_PER_ML) / (density_g_per_ml - AIR_G_PER_ML);
}
